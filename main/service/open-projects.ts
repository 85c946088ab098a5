import { randomInt } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { AppError } from '../../preload/contract/error.ts'
import { openDesk, type Desk } from '../store/desk.ts'
import { openHints, type Hints } from '../store/hints.ts'
import { openImportIssues, type ImportIssues } from '../store/import-issues.ts'
import { openStore, type Store } from '../store/index.ts'
import { openRunNotes, type RunNotes } from '../store/run-notes.ts'
import { openWatchedFolders, type WatchedFolders } from '../store/watched-folders.ts'
import { openWorkpieceBin, type WorkpieceBin } from '../store/workpiece-bin.ts'

/** A project that a page works on. */
export interface OpenProject {
  readonly projectId: number
  readonly store: Store
  readonly desk: Desk
  readonly hints: Hints
  readonly issues: ImportIssues
  readonly notes: RunNotes
  readonly bin: WorkpieceBin
  readonly folders: WatchedFolders
}

export interface OpenProjects {
  /** Opens a folder, or gives the project that is open there. */
  open(path: string, create?: { name: string }): OpenProject
  /** @throws AppError not-found. */
  get(projectId: number): OpenProject
  find(projectId: number): OpenProject | undefined
  close(projectId: number): void
  closeAll(): void
}

const maxId = 2 ** 31

export function openProjects(): OpenProjects {
  const projects = new Map<number, OpenProject>()
  const close = (projectId: number) => {
    projects.get(projectId)?.store.close()
    projects.delete(projectId)
  }
  return {
    open: (path, create) => {
      const known = [...projects.values()].find(({ store }) => store.dir === real(path))
      if (known && !create) return known
      const store = openStore(real(path), create ? { create: true, name: create.name } : {})
      settleRuns(store)
      // Random ids: an address that a browser keeps never means a picture of another project.
      const projectId = randomInt(1, maxId)
      const project = {
        projectId, store,
        desk: openDesk(store), hints: openHints(store), issues: openImportIssues(store), notes: openRunNotes(store), bin: openWorkpieceBin(store),
        folders: openWatchedFolders(store),
      }
      projects.set(projectId, project)
      return project
    },
    get: (projectId) => {
      const project = projects.get(projectId)
      if (!project) throw notOpen(projectId)
      return project
    },
    find: (projectId) => projects.get(projectId),
    close,
    closeAll: () => [...projects.keys()].forEach(close),
  }
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** A run that a killed process left as running is a paused one. */
function settleRuns(store: Store): void {
  if (!store.isRunning()) store.lockRun()()
}

const notOpen = (projectId: number) => new AppError({
  code: 'not-found', subject: String(projectId),
  message: 'This project is not open.',
  advice: 'Open it again from the list of projects.',
})
