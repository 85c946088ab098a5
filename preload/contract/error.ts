/** Every code of trouble a user can meet, once. */
export const errorCodes = [
  'aborted', 'internal', 'not-found', 'already-exists', 'invalid-input', 'unknown-setting', 'setting-out-of-range',
  'project-not-found', 'project-newer', 'project-damaged', 'project-unwritable', 'project-busy', 'disk-full',
  'image-unreadable', 'image-too-large', 'mask-missing', 'mask-size', 'mask-empty', 'mask-unreadable', 'folder-empty', 'folder-missing',
  'tags-unreadable', 'dataset-unreadable', 'tag-without-renders', 'too-few-photos', 'truth-without-photo', 'classes-unreadable',
  'camera-software-missing', 'camera-unavailable',
  'mesh-unreadable', 'mesh-too-large', 'mesh-open', 'mesh-flat', 'device-unavailable', 'weights-unreadable', 'model-unreadable', 'trainer-crashed', 'export-refused', 'training-diverged', 'step-order',
  'queue-full', 'stopping', 'upload-too-large', 'upload-slow', 'rules-unreadable',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** A user's trouble: a code, what happened and where, and what to do. */
export interface AppErrorData {
  readonly code: ErrorCode
  readonly message: string
  readonly advice: string
  /** The file, setting or thing it is about, if one. */
  readonly subject?: string
}

export class AppError extends Error {
  readonly data: AppErrorData
  constructor(data: AppErrorData, options?: ErrorOptions) {
    super(data.message, options)
    this.name = 'AppError'
    this.data = data
  }
}

/** What crosses a process border in place of an exception. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: AppErrorData }

/** Makes a user's trouble out of anything thrown; a bug keeps its text under the code `internal`. */
export function toErrorData(error: unknown): AppErrorData {
  if (error instanceof AppError) return error.data
  if (error instanceof Error && error.name === 'AbortError')
    return { code: 'aborted', message: 'Stopped.', advice: 'Start again to go on where it stopped.' }
  if (isDiskFull(error))
    return { code: 'disk-full', message: 'The disk is full.', advice: 'Free some space and start again; nothing that was finished is lost.' }
  const text = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message: `Unexpected fault: ${text}`, advice: 'Start again; if it comes back, report it with the log.' }
}

function isDiskFull(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return code === 'ENOSPC' || code === 'SQLITE_FULL'
}
