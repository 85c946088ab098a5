/** The first shape of a project. Times in ms since 1970, hashes in lower-case hex, JSON as text. */
export const start = `
CREATE TABLE project (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE workpieces (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  class_index INTEGER NOT NULL UNIQUE CHECK (class_index BETWEEN 1 AND 254),
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE images (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('render', 'photo')),
  name TEXT NOT NULL,
  group_name TEXT NOT NULL,
  width INTEGER NOT NULL CHECK (width > 0),
  height INTEGER NOT NULL CHECK (height > 0),
  sha256 TEXT NOT NULL,
  rejected INTEGER NOT NULL DEFAULT 0 CHECK (rejected IN (0, 1)),
  has_truth INTEGER NOT NULL DEFAULT 0 CHECK (has_truth IN (0, 1)),
  added_at_ms INTEGER NOT NULL,
  removed_at_ms INTEGER,
  UNIQUE (kind, sha256)
) STRICT;
CREATE INDEX images_name ON images (kind, name);

CREATE TABLE image_tags (
  image_id INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  workpiece_id INTEGER NOT NULL REFERENCES workpieces,
  PRIMARY KEY (image_id, workpiece_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX image_tags_workpiece ON image_tags (workpiece_id, image_id);

CREATE TABLE render_masks (
  image_id INTEGER PRIMARY KEY REFERENCES images ON DELETE CASCADE,
  mask_sha TEXT NOT NULL
) STRICT;

CREATE TABLE truths (
  image_id INTEGER PRIMARY KEY REFERENCES images ON DELETE CASCADE,
  mask_sha TEXT NOT NULL,
  saved_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  preset TEXT NOT NULL,
  seed INTEGER NOT NULL,
  device TEXT NOT NULL,
  settings TEXT NOT NULL,
  input_hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'finished', 'failed')),
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE artifacts (
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  step TEXT NOT NULL,
  key TEXT NOT NULL,
  sha TEXT NOT NULL,
  meta TEXT,
  saved_at_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, step, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE rounds (
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  round INTEGER NOT NULL CHECK (round >= 0),
  state TEXT NOT NULL,
  threshold REAL,
  labelled REAL,
  agreement REAL,
  duration_ms REAL,
  saved_at_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, round)
) STRICT, WITHOUT ROWID;

CREATE TABLE round_masks (
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  round INTEGER NOT NULL CHECK (round >= 0),
  image_id INTEGER NOT NULL REFERENCES images,
  mask_sha TEXT NOT NULL,
  provenance_sha TEXT,
  confidence_sha TEXT,
  labelled REAL NOT NULL,
  saved_at_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, round, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX round_masks_image ON round_masks (image_id);

CREATE TABLE metrics (
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  round INTEGER NOT NULL CHECK (round >= 0),
  kind TEXT NOT NULL CHECK (kind IN ('round', 'crf')),
  image_id INTEGER NOT NULL REFERENCES images,
  confusion TEXT NOT NULL,
  boundary_f REAL,
  saved_at_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, round, kind, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX metrics_image ON metrics (image_id);

CREATE TABLE curves (
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  key TEXT NOT NULL,
  round INTEGER NOT NULL CHECK (round >= 0),
  step INTEGER NOT NULL CHECK (step >= 0),
  named_values TEXT NOT NULL,
  PRIMARY KEY (run_id, round, key, step)
) STRICT, WITHOUT ROWID;
`
