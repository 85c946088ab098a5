import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Handlers } from '../../preload/contract/api.ts'
import type { FolderListing } from '../../preload/contract/project-data.ts'
import { AppError } from '../../preload/contract/error.ts'
import type { Context } from './context.ts'
import { checkFolder, checkPath } from './paths.ts'

/** Most entries of a listing. */
const maxEntries = 5000
const order = { project: 0, folder: 1, file: 2 } as const
type Entry = FolderListing['entries'][number]

export function folderCalls({ host }: Context) {
  return {
    'dialog:choose': async (request) => ({ paths: await host.choose(request) }),
    'folder:list': async ({ path }) => list(checkFolder(path ?? homedir())),
    'folder:reveal': async ({ path }) => {
      await host.reveal(checkPath(path))
      return {}
    },
  } satisfies Partial<Handlers>
}

/** What a person would choose from: projects, folders and files by name, hidden ones left out. */
async function list(path: string): Promise<FolderListing> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    throw new AppError({ code: 'folder-missing', subject: path, message: `${path} cannot be opened (${error.code ?? error.message}).`, advice: 'Choose another folder.' })
  })
  const visible = names.filter((name) => !name.startsWith('.')).slice(0, maxEntries)
  const entries = (await Promise.all(visible.map((name) => entryOf(path, name)))).flat()
  const parent = dirname(path)
  return {
    path, parent: parent === path ? null : parent,
    entries: entries.sort((a, b) => order[a.kind] - order[b.kind] || a.name.localeCompare(b.name, undefined, { numeric: true })),
  }
}

async function entryOf(folder: string, name: string): Promise<Entry[]> {
  const path = join(folder, name)
  const info = await stat(path).catch(() => null)
  if (!info) return []
  if (!info.isDirectory()) return info.isFile() ? [{ name, path, kind: 'file' }] : []
  const inner = name.endsWith('.maskwright') && (await stat(join(path, 'project.db')).catch(() => null))
  return [{ name, path, kind: inner ? 'project' : 'folder' }]
}
