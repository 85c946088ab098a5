import type { ImportIssue } from '../../preload/contract/model.ts'
import type { CameraSettings, CameraSource } from '../core/camera/source.ts'
import type { Codec } from '../core/image/codec.ts'
import type { Store } from '../store/index.ts'
import { cameraPictures, type CameraNews, type StreamOptions } from './camera-stream.ts'
import type { ImportOptions } from './import-folder.ts'
import { importPhoto } from './import-photo.ts'

export interface CaptureOptions extends ImportOptions, Pick<StreamOptions, 'silentMs' | 'retryMs'> {
  /** Pictures wanted; 0: until stopped. */
  readonly count: number
  /** [] shows no workpiece; null: nobody has said yet. */
  readonly tags: readonly string[] | null
  readonly settings: CameraSettings
  readonly tell?: (news: CameraNews) => void
}

export interface CaptureResult {
  /** Pictures that came from the camera. */
  captured: number
  added: number
  /** Pictures that are, byte for byte, in the project already. */
  duplicates: number
  /** Pictures that the camera sent and that did not arrive whole, where that is known. */
  lost: number
  /** How often the camera stopped and came back. */
  interruptions: number
  readonly issues: ImportIssue[]
}

/**
 * Step: pictures of a camera -> photos of the project, each stored before the next is taken.
 * @throws AppError as cameraPictures does; a stop gives what was taken.
 */
export async function capture(store: Store, codec: Codec, source: CameraSource, options: CaptureOptions): Promise<CaptureResult> {
  const result: CaptureResult = { captured: 0, added: 0, duplicates: 0, lost: 0, interruptions: 0, issues: [] }
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  const tell = (news: CameraNews) => {
    if (news.state === 'waiting') result.interruptions++
    options.tell?.(news)
  }
  const onLost = (pictures: number) => { result.lost += pictures }
  const startedAt = new Date().toISOString().replace(/[:.]/g, '-')
  for await (const bytes of cameraPictures(source, options.settings, { ...options, signal, tell, onLost })) {
    const number = String(++result.captured).padStart(6, '0')
    const { duplicate, issue } = await importPhoto(store, codec, { name: `camera/${startedAt}-${number}.png`, group: 'camera', tags: options.tags, bytes })
    if (issue) result.issues.push(issue)
    else if (duplicate) result.duplicates++
    else result.added++
    await options.report?.({ step: 'capture', done: result.captured, total: options.count, unit: 'photos' })
    if (result.captured === options.count) break
  }
  return result
}
