/** What can be said of masks without truth, photo by photo. */
export const quality = `
CREATE TABLE mask_quality (
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  round INTEGER NOT NULL CHECK (round >= 0),
  image_id INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  mask_sha TEXT NOT NULL,
  agreement REAL,
  activation REAL,
  tags REAL NOT NULL,
  contrast REAL,
  estimate REAL NOT NULL,
  PRIMARY KEY (run_id, round, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mask_quality_image ON mask_quality (image_id);
`
