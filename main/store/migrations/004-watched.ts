/** Folders that are watched until a person says otherwise; tags as JSON: a list of names, null or "folder". */
export const watched = `
CREATE TABLE watched_folders (
  path TEXT PRIMARY KEY,
  tags TEXT NOT NULL,
  saved_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
