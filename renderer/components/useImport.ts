import type { importKinds } from '../../preload/contract/project-data.ts'
import type { ImportResult } from '../../preload/contract/model.ts'
import { base64Of, call, pathOf } from '../api.ts'
import { number } from '../format.ts'
import { useApp } from '../stores/app.ts'
import { useDataset } from '../stores/dataset.ts'
import { useJobs } from '../stores/jobs.ts'
import { useProject } from '../stores/project.ts'
import { choose } from './choose.ts'
import { useTexts } from '../texts/index.ts'

export type ImportKind = (typeof importKinds)[number]

/** Imports by button, by drop, and of single photos by their bytes; tells how it went. */
export function useImport() {
  const app = useApp()
  const project = useProject()
  const dataset = useDataset()
  const jobs = useJobs()
  const { t, locale } = useTexts()

  function tell({ added, duplicates, issues }: ImportResult): void {
    const n = (value: number) => number(locale.value, value)
    const rest = [
      duplicates > 0 ? t('dataset.importDuplicates', { n: n(duplicates) }, duplicates) : '',
      issues.length > 0 ? t('dataset.importIssues', { n: n(issues.length) }, issues.length) : '',
    ].filter(Boolean).join(' ')
    app.tell({ kind: issues.length > 0 ? 'attention' : 'done', text: t('dataset.imported', { n: n(added) }, added), detail: rest })
  }
  async function finish(work: () => Promise<unknown>): Promise<void> {
    const result = await app.attempt(work) as ImportResult | undefined
    if (result) tell(result)
    await Promise.all([project.refresh('all'), dataset.find()])
  }
  async function importPaths(kind: ImportKind, paths: string[]): Promise<void> {
    if (paths.length === 0) return
    await finish(() => jobs.run('import:files', { projectId: project.id, kind, paths, tags: null }))
  }
  async function importBy(kind: ImportKind): Promise<void> {
    await importPaths(kind, await choose('folder', t(`dataset.choose.${kind}`)))
  }
  /** Dropped files and folders: by path where the system tells it, else photo by photo. */
  async function importDropped(kind: ImportKind, files: readonly File[]): Promise<void> {
    const paths = files.map(pathOf).filter(Boolean)
    if (paths.length === files.length) return importPaths(kind, paths)
    await finish(async () => {
      const result = { added: 0, duplicates: 0, issues: [] as ImportResult['issues'][number][] }
      for (const file of files) {
        const { imageId, duplicate, issue } = await call('import:bytes', { projectId: project.id, name: file.name, base64: await base64Of(file), tags: null })
        if (issue) result.issues.push(issue)
        else if (duplicate) result.duplicates++
        else if (imageId !== null) result.added++
      }
      return result
    })
  }
  return { importBy, importPaths, importDropped, finish }
}
