import { AppError } from '../../preload/contract/error.ts'

/** The `code` of a file system or SQLite error, or ''. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

export const notFound = (dir: string) => new AppError({
  code: 'project-not-found',
  message: `There is no project at ${dir}.`,
  advice: 'Check the path, or create a new project there.',
  subject: dir,
})

export const alreadyExists = (dir: string) => new AppError({
  code: 'already-exists',
  message: `${dir} already holds something.`,
  advice: 'Open it if it is a project, or choose another name.',
  subject: dir,
})

export const newer = (dir: string, found: number, known: number) => new AppError({
  code: 'project-newer',
  message: `The project ${dir} was written by a newer version of Maskwright (format ${found}; this one knows up to ${known}).`,
  advice: 'Install the newest Maskwright and open it there. Nothing was changed.',
  subject: dir,
})

export const damaged = (dir: string, what: string, cause?: unknown) => new AppError({
  code: 'project-damaged',
  message: `The project ${dir} is damaged: ${what}.`,
  advice: 'Copy the folder away first. Then put a copy from its backups folder, or from your own backup, in place of project.db.',
  subject: dir,
}, { cause })

export const blobDamaged = (path: string, what: string, cause?: unknown) => new AppError({
  code: 'project-damaged',
  message: `The file ${path} of the project ${what}.`,
  advice: 'Restore it from a backup of the project, or import the picture (or start the run) again.',
  subject: path,
}, { cause })

export const unwritable = (dir: string, cause?: unknown) => new AppError({
  code: 'project-unwritable',
  message: `The project ${dir} cannot be written to${codeOf(cause) ? ` (${codeOf(cause)})` : ''}.`,
  advice: 'Check the rights on the folder and that its disk is not read-only, or put the project elsewhere.',
  subject: dir,
}, { cause })

export const busy = (dir: string, holder: string) => new AppError({
  code: 'project-busy',
  message: `A run is already under way in ${dir}${holder && ` (${holder})`}.`,
  advice: 'Wait for it to finish, or pause it, and start again.',
  subject: dir,
})

/** Turns an error of the file system or of SQLite about a project into the user's trouble; anything else passes through. */
export function explain(error: unknown, dir: string): unknown {
  const code = codeOf(error)
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(code) || /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code)) return unwritable(dir, error)
  if (/^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(code)) return damaged(dir, (error as Error).message, error)
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return busy(dir, 'another program is writing to it')
  return error
}
