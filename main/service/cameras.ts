import { randomInt } from 'node:crypto'
import { toErrorData } from '../../preload/contract/error.ts'
import type { CameraSettings, CameraSource } from '../core/camera/source.ts'
import { cameraPictures } from '../steps/camera-stream.ts'
import type { Host } from './host.ts'

/** Cameras that are being looked through. */
export interface Cameras {
  /** Lets a camera send and gives the number to ask by. */
  open(source: CameraSource, settings: CameraSettings): number
  /** What it saw last; null before its first picture and after it was closed. */
  newest(session: number): Picture | null
  close(session?: number): Promise<void>
}

interface Picture {
  readonly bytes: Uint8Array
  readonly serial: number
}
interface Session {
  readonly stop: AbortController
  newest: Picture | null
  askedAtMs: number
  ended: Promise<void>
}

/** Time between two pictures of a preview, s. */
const previewS = 0.2
/** A camera nobody looks through any more is let go, ms. */
const idleMs = 30_000
const lookMs = 5_000

export function openCameras(host: Pick<Host, 'emit'>): Cameras {
  const sessions = new Map<number, Session>()

  const look = async (id: number, session: Session, source: CameraSource, settings: CameraSettings) => {
    const { signal } = session.stop
    const idle = setInterval(() => { if (Date.now() - session.askedAtMs > idleMs) session.stop.abort() }, lookMs)
    try {
      let serial = 0
      const pictures = cameraPictures(source, { ...settings, everyS: previewS }, {
        signal, tell: (news) => host.emit('camera:news', { session: id, state: news.state, reason: news.state === 'waiting' ? news.reason : '' }),
      })
      for await (const bytes of pictures) session.newest = { bytes, serial: ++serial }
    } catch (error) {
      const { message, advice } = toErrorData(error)
      host.emit('camera:news', { session: id, state: 'failed', reason: `${message} ${advice}` })
    } finally {
      clearInterval(idle)
      sessions.delete(id)
    }
  }
  return {
    open: (source, settings) => {
      const id = randomInt(1, 2 ** 31)
      const session: Session = { stop: new AbortController(), newest: null, askedAtMs: Date.now(), ended: Promise.resolve() }
      sessions.set(id, session)
      // The caller must learn the number before the camera can fail.
      session.ended = new Promise((resolve) => setImmediate(resolve)).then(() => look(id, session, source, settings))
      return id
    },
    newest: (id) => {
      const session = sessions.get(id)
      if (session) session.askedAtMs = Date.now()
      return session?.newest ?? null
    },
    close: async (id) => {
      const closing = id === undefined ? [...sessions.values()] : [sessions.get(id)].filter((session) => session !== undefined)
      for (const session of closing) session.stop.abort()
      await Promise.all(closing.map((session) => session.ended))
    },
  }
}
