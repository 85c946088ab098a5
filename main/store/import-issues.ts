import type { ImportIssue } from '../../preload/contract/model.ts'
import { databaseOf, statements } from './connection.ts'
import type { Store } from './index.ts'

/** Files that imports did not take, until a person puts the list away. */
export interface ImportIssues {
  add(issues: readonly ImportIssue[]): void
  /** Newest first. */
  list(): ImportIssue[]
  /** Notes files that were in already. */
  addDuplicates(files: number): void
  counts(): { issues: number; duplicates: number }
  clear(): void
}

const kept = 10_000

export function openImportIssues(store: Store): ImportIssues {
  const sql = statements(databaseOf(store))
  return {
    add: (issues) => store.transaction(() => {
      for (const { file, code, message, advice } of issues.slice(0, kept)) {
        sql('DELETE FROM import_issues WHERE file = ? AND code = ?').run(file, code)
        sql('INSERT INTO import_issues (file, code, message, advice, saved_at_ms) VALUES (?, ?, ?, ?, ?)').run(file, code, message, advice, Date.now())
      }
    }),
    list: () => sql(`SELECT file, code, message, advice FROM import_issues ORDER BY id DESC LIMIT ${kept}`).all() as ImportIssue[],
    addDuplicates: (files) => {
      if (files > 0) sql('INSERT INTO import_duplicates (saved_at_ms, files) VALUES (?, ?)').run(Date.now(), files)
    },
    counts: () => sql(`SELECT (SELECT count(*) FROM import_issues) AS issues,
      (SELECT coalesce(sum(files), 0) FROM import_duplicates) AS duplicates`).get() as { issues: number; duplicates: number },
    clear: () => store.transaction(() => {
      sql('DELETE FROM import_issues').run()
      sql('DELETE FROM import_duplicates').run()
    }),
  }
}
