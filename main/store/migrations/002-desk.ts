/** What people say at the desk: hints, verdicts, photos nobody has tagged yet, a bin of workpieces, import issues, notes of runs. */
export const desk = `
CREATE TABLE hints (
  image_id INTEGER PRIMARY KEY REFERENCES images ON DELETE CASCADE,
  mask_sha TEXT NOT NULL,
  pixels INTEGER NOT NULL CHECK (pixels > 0),
  saved_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE accepted (
  image_id INTEGER PRIMARY KEY REFERENCES images ON DELETE CASCADE,
  saved_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE untagged (
  image_id INTEGER PRIMARY KEY REFERENCES images ON DELETE CASCADE
) STRICT;

CREATE TABLE binned_workpieces (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  class_index INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  binned_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE binned_tags (
  workpiece_id INTEGER NOT NULL REFERENCES binned_workpieces ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  PRIMARY KEY (workpiece_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX binned_tags_image ON binned_tags (image_id);

CREATE TABLE import_issues (
  id INTEGER PRIMARY KEY,
  file TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  advice TEXT NOT NULL,
  saved_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE import_duplicates (
  saved_at_ms INTEGER NOT NULL,
  files INTEGER NOT NULL
) STRICT;

CREATE TABLE mask_figures (
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  round INTEGER NOT NULL,
  image_id INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  mask_sha TEXT NOT NULL,
  confidence REAL,
  changed REAL,
  PRIMARY KEY (run_id, round, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mask_figures_image ON mask_figures (image_id);

CREATE TABLE run_notes (
  run_id INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
  device TEXT NOT NULL,
  use_hints INTEGER NOT NULL CHECK (use_hints IN (0, 1)),
  hint_photos INTEGER NOT NULL,
  hint_pixels INTEGER NOT NULL,
  failure TEXT,
  finished_at_ms INTEGER
) STRICT;
`
