import { AppError } from '../../preload/contract/error.ts'
import { featuresOf, genicamCameras, numberOf, videoDevices, type Feature, type FoundCamera } from '../core/camera/listing.ts'
import { parseCamera, type CameraSettings, type CameraSource } from '../core/camera/source.ts'
import { hasElement, installAdvice, launchProgram, printed } from './camera-programs.ts'

export interface CameraState extends FoundCamera {
  /** Microseconds. */
  readonly exposure: Feature | null
  /** dB, or the unit of the camera. */
  readonly gain: Feature | null
  /** Whether exposure and gain stay as they are; null where the camera does not tell. */
  readonly locked: boolean | null
}

export interface CameraList {
  readonly cameras: readonly CameraState[]
  /** What is not installed, what it is wanted for, and what to do. */
  readonly missing: readonly { readonly part: string; readonly message: string; readonly advice: string }[]
}

/** The camera of an id. Throws AppError invalid-input. */
export function cameraOf(id: string): CameraSource {
  try {
    return parseCamera(id)
  } catch (error) {
    throw new AppError({
      code: 'invalid-input', subject: id, message: `"${id}" is no camera.`, advice: 'Write genicam:NAME, v4l2:/dev/video0 or rtsp://HOST/PATH; `cameras` lists what is there.',
    }, { cause: error })
  }
}

/** Every camera that answers, with exposure and gain where it tells them. Streams of the network are not found but named. */
export async function listCameras(): Promise<CameraList> {
  const [launch, aravis, genicam, devices] = await Promise.all([
    printed(launchProgram, ['--version']), hasElement('aravissrc'), printed('arv-tool-0.8', []), printed('gst-device-monitor-1.0', ['Video/Source']),
  ])
  const missing = [
    launch === null && say(launchProgram, 'Without it no camera but those of the browser can be used'),
    launch !== null && aravis === false && say('aravissrc', 'Without it GigE Vision and USB3 Vision cameras cannot be used'),
    genicam === null && say('arv-tool-0.8', 'Without it GigE Vision and USB3 Vision cameras are not listed, and their exposure is not shown'),
    process.platform === 'linux' && devices === null && say('gst-device-monitor-1.0', 'Without it USB cameras are not listed'),
  ].filter((entry) => entry !== false)
  const found = [...genicamCameras(genicam ?? ''), ...videoDevices(devices ?? '')]
  return { cameras: await Promise.all(found.map(readCamera)), missing }
}

const say = (part: string, loss: string) => ({ part, message: `${part} is not on this computer. ${loss}.`, advice: installAdvice(part) })

async function readCamera(camera: FoundCamera): Promise<CameraState> {
  const features = await featuresNow(cameraOf(camera.id))
  const modes = ['ExposureAuto', 'GainAuto'].flatMap((name) => features.get(name) ?? [])
  const exposure = numberOf(features, ['ExposureTime', 'ExposureTimeAbs'])
  return {
    ...camera, exposure, gain: numberOf(features, ['Gain', 'GainRaw']),
    locked: exposure === null ? null : modes.every((mode) => mode === 'Off'),
  }
}

/** What a GenICam camera tells of itself; nothing of others, or without arv-tool. */
async function featuresNow(source: CameraSource): Promise<ReadonlyMap<string, string>> {
  if (source.kind !== 'genicam') return new Map()
  const wanted = ['ExposureTime', 'ExposureTimeAbs', 'ExposureAuto', 'Gain', 'GainRaw', 'GainAuto', 'PixelFormat']
  return featuresOf((await printed('arv-tool-0.8', ['-n', source.name, 'control', ...wanted])) ?? '')
}

/**
 * Settings as a camera wants them: to lock it where it stands, its values are asked for; a sensor with a colour mosaic is told apart, for else the
 * camera would be asked for grey.
 */
export async function settingsFor(source: CameraSource, wanted: CameraSettings): Promise<CameraSettings> {
  const features = await featuresNow(source)
  const now = (names: readonly string[]) => (wanted.lock ? numberOf(features, names)?.value : undefined)
  return {
    ...wanted,
    exposureUs: wanted.exposureUs ?? now(['ExposureTime', 'ExposureTimeAbs']),
    gain: wanted.gain ?? now(['Gain', 'GainRaw']),
    mosaic: (features.get('PixelFormat') ?? '').startsWith('Bayer'),
  }
}
