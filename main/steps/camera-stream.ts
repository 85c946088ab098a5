import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../preload/contract/error.ts'
import { lostPictures, missingElement, reasonOf } from '../core/camera/listing.ts'
import { openPace } from '../core/camera/pace.ts'
import { openPngStream } from '../core/camera/png-stream.ts'
import { pictureFd, pipelineOf, type CameraSettings, type CameraSource } from '../core/camera/source.ts'
import { launchProgram, partMissing } from './camera-programs.ts'

/** How a camera is doing: it sends, or it has stopped and is tried again. */
export type CameraNews = { readonly state: 'live' } | { readonly state: 'waiting'; readonly reason: string }

export interface StreamOptions {
  readonly signal: AbortSignal
  readonly tell?: (news: CameraNews) => void
  /** Told when a stream has ended: pictures that the camera sent and that did not arrive whole, where that is known. */
  readonly onLost?: (pictures: number) => void
  /** Time without a picture after which the camera counts as gone, ms. */
  readonly silentMs?: number
  /** First pause before a camera that has stopped is tried again, ms; it doubles up to ten seconds. */
  readonly retryMs?: number
}

const longestPauseMs = 10_000
const graceMs = 3_000

/**
 * The pictures of a camera as PNG files, until it is stopped. One that stops sending is told and tried again until it is back; the consumer's pace is
 * kept: what comes meanwhile waits in the pipeline.
 * @throws AppError camera-software-missing, camera-unavailable when it never sent a picture, invalid-input on settings it does not have.
 */
export async function* cameraPictures(source: CameraSource, settings: CameraSettings, options: StreamOptions): AsyncGenerator<Uint8Array> {
  const { signal, tell = () => undefined, retryMs = 1000 } = options
  const args = argumentsOf(source, settings)
  const silentMs = options.silentMs ?? 10_000
  const due = openPace(settings.everyS)
  let live: boolean | null = null
  let pauseMs = retryMs
  while (!signal.aborted) {
    const pipeline = startPipeline(args, signal)
    try {
      for await (const picture of picturesOf(pipeline, silentMs)) {
        if (!live) tell({ state: 'live' })
        live = true
        pauseMs = retryMs
        if (due(performance.now())) yield picture
      }
    } finally {
      await pipeline.stop()
      options.onLost?.(lostPictures(pipeline.said()) ?? 0)
    }
    if (signal.aborted) return
    const element = missingElement(pipeline.said())
    if (element) throw partMissing(element)
    const reason = pipeline.fault() || reasonOf(pipeline.said()) || 'it has stopped sending pictures'
    if (live === null) throw unavailable(source, reason)
    if (live) tell({ state: 'waiting', reason })
    live = false
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    pauseMs = Math.min(longestPauseMs, 2 * pauseMs)
  }
}

function argumentsOf(source: CameraSource, settings: CameraSettings): string[] {
  try {
    return pipelineOf(source, settings)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new AppError({ code: 'invalid-input', message: `The camera cannot be set so: ${error.message}.`, advice: 'Change the setting, or leave it to the camera.' })
  }
}

interface Pipeline {
  readonly pictures: Readable
  /** What it has printed. */
  said(): string
  /** What went wrong on this side. */
  fault(): string
  blame(reason: string): void
  /** Ends it, by force where it does not listen. */
  stop(): Promise<void>
}

const keptText = 64 * 1024

function startPipeline(args: readonly string[], signal: AbortSignal): Pipeline {
  const child: ChildProcess = spawn(launchProgram, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'], windowsHide: true, env: { ...process.env, ARV_DEBUG: 'stream:3', LC_ALL: 'C' },
  })
  let text = ''
  let fault = ''
  child.stderr!.setEncoding('utf8').on('data', (part: string) => { text = (text + part).slice(-keptText) })
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      fault = error.code === 'ENOENT' ? 'no program' : error.message
      resolve()
    })
    child.once('close', () => resolve())
  })
  const stop = async () => {
    signal.removeEventListener('abort', onAbort)
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) child.kill('SIGINT')
    const killer = setTimeout(() => child.kill('SIGKILL'), graceMs)
    pictures.destroy()
    await ended
    clearTimeout(killer)
    if (fault === 'no program') throw partMissing(launchProgram)
  }
  const onAbort = () => void pictures.destroy()
  const pictures = child.stdio[pictureFd] as Readable
  signal.addEventListener('abort', onAbort, { once: true })
  return { pictures, said: () => text, fault: () => fault, blame: (reason) => { fault ||= reason }, stop }
}

/** Whole pictures until the stream ends, is broken, or is silent for too long while it is waited for. */
async function* picturesOf(pipeline: Pipeline, silentMs: number): AsyncGenerator<Uint8Array> {
  const stream = openPngStream()
  const chunks = pipeline.pictures[Symbol.asyncIterator]()
  try {
    while (true) {
      const watchdog = setTimeout(() => {
        pipeline.blame(`it has sent no picture for ${Math.round(silentMs / 1000)} seconds`)
        pipeline.pictures.destroy()
      }, silentMs)
      const next = await chunks.next().finally(() => clearTimeout(watchdog))
      if (next.done) return
      yield* stream.push(next.value as Uint8Array)
    }
  } catch (error) {
    if (error instanceof RangeError) pipeline.blame(`what it sends is broken (${error.message})`)
    else if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') pipeline.blame((error as Error).message)
  }
}

const unavailable = (source: CameraSource, reason: string) => {
  const name = source.kind === 'genicam' ? source.name : source.kind === 'v4l2' ? source.device : source.url.replace(/\/\/[^/@]*@/, '//')
  return new AppError({
    code: 'camera-unavailable', subject: name, message: `The camera ${name} sends no picture: ${reason}.`,
    advice: 'See that it is plugged in and powered, that no other program uses it, and that its address is right; `cameras` lists what is there.',
  })
}
