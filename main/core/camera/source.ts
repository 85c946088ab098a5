import { glanceS } from './pace.ts'

/** A camera that GStreamer reaches: by its GenICam name, as a Linux video device, or at an address of the network. */
export type CameraSource =
  | { readonly kind: 'genicam'; readonly name: string }
  | { readonly kind: 'v4l2'; readonly device: string }
  | { readonly kind: 'rtsp'; readonly url: string }

export interface CameraSettings {
  /** Exposure time, microseconds; undefined: as the camera has it. */
  readonly exposureUs?: number
  /** Gain in dB, or in the unit of the camera where it has none; undefined: as the camera has it. */
  readonly gain?: number
  /** Keeps exposure and gain from adapting to the light. A value that is given is always kept. */
  readonly lock?: boolean
  /** Seconds between two pictures, of which the pipeline keeps to 0.2 at most and `openPace` to the rest; undefined: every picture of the camera. */
  readonly everyS?: number
  /** The sensor sends its colour mosaic, which is made into colours here. */
  readonly mosaic?: boolean
}

const names = /^[A-Za-z0-9][A-Za-z0-9 ._:+/()-]{0,199}$/
const devices = /^\/dev\/(video\d{1,3}|v4l\/by-(id|path)\/[A-Za-z0-9._:+-]{1,200})$/
const addresses = /^rtsps?:\/\/[A-Za-z0-9._~:/?#@%&=+,;$[\]-]{1,1000}$/

/**
 * A camera by its id: genicam:NAME, v4l2:/dev/video0 or rtsp://HOST/PATH. Nothing else gets into a command line.
 * @throws RangeError on any other text.
 */
export function parseCamera(id: string): CameraSource {
  const [, kind, rest] = /^(genicam|v4l2):(.*)$/.exec(id) ?? []
  if (kind === 'genicam' && names.test(rest)) return { kind, name: rest }
  if (kind === 'v4l2' && devices.test(rest)) return { kind, device: rest }
  if (addresses.test(id)) return { kind: 'rtsp', url: id }
  throw new RangeError(`expected genicam:NAME, v4l2:/dev/videoN or rtsp://HOST/PATH, got ${JSON.stringify(id.slice(0, 100))}`)
}

/** Where the pipeline writes its pictures: apart from what programs print. */
export const pictureFd = 3
/** Pictures that wait while one is stored, bytes. */
const waitingBytes = 512 * 1024 * 1024

/**
 * The arguments of gst-launch-1.0 that make the camera write its pictures, one PNG behind the other, to file descriptor 3.
 * @throws RangeError on settings out of range, or that the camera does not have.
 */
export function pipelineOf(source: CameraSource, settings: CameraSettings): string[] {
  check('an exposure of 1 to 100000000 microseconds', settings.exposureUs, 1, 1e8)
  check('a gain of 0 to 500', settings.gain, 0, 500)
  check('0.01 to 86400 seconds', settings.everyS, 0.01, 86_400)
  return [
    '-q', ...sourceOf(source, settings), '!',
    ...(settings.everyS === undefined ? everyPicture : newestPicture(settings.everyS)), '!',
    'videoconvert', '!', 'video/x-raw,format=(string){GRAY8,RGB}', '!',
    'pngenc', 'compression-level=1', '!', 'fdsink', `fd=${pictureFd}`, 'sync=false',
  ]
}

function sourceOf(source: CameraSource, { exposureUs, gain, lock, mosaic }: CameraSettings): string[] {
  const set = (name: string, value: number | undefined) => (value === undefined ? [] : [`${name}=${value}`])
  switch (source.kind) {
    case 'genicam': {
      const auto = [...(exposureUs !== undefined || lock ? ['exposure-auto=off'] : []), ...(gain !== undefined || lock ? ['gain-auto=off'] : [])]
      return ['aravissrc', `camera-name=${source.name}`, ...auto, ...set('exposure', exposureUs), ...set('gain', gain), ...(mosaic ? ['!', 'bayer2rgb'] : [])]
    }
    case 'v4l2': return ['v4l2src', `device=${source.device}`, ...controls({ exposureUs, gain, lock }), '!', 'decodebin']
    case 'rtsp':
      if (exposureUs !== undefined || gain !== undefined || lock) throw new RangeError('expected no exposure and no gain: a network stream does not take them, set them in the camera itself')
      return ['rtspsrc', `location=${source.url}`, 'protocols=tcp', 'latency=200', '!', 'decodebin']
  }
}

/** Video4Linux counts exposure in 100 microseconds; drivers know the switches by an old and a new name and pass over the other. */
function controls({ exposureUs, gain, lock }: CameraSettings): string[] {
  const exposure = exposureUs === undefined ? [] : ['exposure_time_absolute', 'exposure_absolute'].map((name) => `${name}=${Math.max(1, Math.round(exposureUs / 100))}`)
  const manual = exposureUs !== undefined || lock ? ['auto_exposure=1', 'exposure_auto=1'] : []
  const fixed = gain !== undefined || lock ? ['gain_automatic=0'] : []
  const all = [...manual, ...exposure, ...fixed, ...(gain === undefined ? [] : [`gain=${Math.round(gain)}`])]
  return all.length > 0 ? [`extra-controls=c,${all.join(',')}`] : []
}

function check(what: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && !(value >= least && value <= most)) throw new RangeError(`expected ${what}, got ${value}`)
}

/** All wait for their turn. */
const everyPicture = ['queue', 'max-size-buffers=0', 'max-size-time=0', `max-size-bytes=${waitingBytes}`]

/** The newest alone waits, and a pause goes before each. A rate is not asked for: the camera would be set to it. */
const newestPicture = (everyS: number) =>
  ['queue', 'max-size-buffers=1', 'max-size-time=0', 'max-size-bytes=0', 'leaky=downstream', '!', 'identity', `sleep-time=${Math.round(1e6 * Math.min(everyS, glanceS))}`]
