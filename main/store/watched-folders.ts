import { databaseOf, statements } from './connection.ts'
import type { Store } from './index.ts'

export interface WatchedFolder {
  readonly path: string
  /** Tags of every photo ([] shows no workpiece, null: nobody has said yet), or `folder`: the folder a photo lies in names its tag. */
  readonly tags: readonly string[] | null | 'folder'
}

/** Folders that are watched whenever the project is open in the application, until a person stops it. */
export interface WatchedFolders {
  remember(folder: WatchedFolder): void
  forget(path: string): void
  /** By path. */
  list(): WatchedFolder[]
}

export function openWatchedFolders(store: Store): WatchedFolders {
  const sql = statements(databaseOf(store))
  return {
    remember: ({ path, tags }) => void sql('INSERT OR REPLACE INTO watched_folders (path, tags, saved_at_ms) VALUES (?, ?, ?)').run(path, JSON.stringify(tags), Date.now()),
    forget: (path) => void sql('DELETE FROM watched_folders WHERE path = ?').run(path),
    list: () => (sql('SELECT path, tags FROM watched_folders ORDER BY path').all() as { path: string; tags: string }[])
      .map(({ path, tags }) => ({ path, tags: JSON.parse(tags) as WatchedFolder['tags'] })),
  }
}
