import { execFile } from 'node:child_process'
import { AppError } from '../../preload/contract/error.ts'

export const launchProgram = 'gst-launch-1.0'
const inspectProgram = 'gst-inspect-1.0'

/** Where each part comes from: what to install on Debian and Ubuntu, and elsewhere. */
const homes: Record<string, string> = {
  'gst-launch-1.0': 'gstreamer1.0-tools', 'gst-inspect-1.0': 'gstreamer1.0-tools', 'gst-device-monitor-1.0': 'gstreamer1.0-plugins-base-apps',
  'arv-tool-0.8': 'aravis-tools-cli', aravissrc: 'libaravis-0.8-0', v4l2src: 'gstreamer1.0-plugins-good', rtspsrc: 'gstreamer1.0-plugins-good',
  pngenc: 'gstreamer1.0-plugins-good', videoconvert: 'gstreamer1.0-plugins-base', decodebin: 'gstreamer1.0-plugins-base',
  bayer2rgb: 'gstreamer1.0-plugins-bad',
}

/** What to install so that a program or an element of GStreamer is there. */
export function installAdvice(part: string): string {
  const home = homes[part] ?? 'gstreamer1.0-plugins-good'
  if (process.platform === 'linux') return `Install it: apt install ${home} (on other systems the package of GStreamer or Aravis that holds it).`
  return `Install GStreamer 1.0 from gstreamer.freedesktop.org with the part that holds ${part}, and put its bin folder on the PATH.`
}

export const partMissing = (part: string) => new AppError({
  code: 'camera-software-missing', subject: part, message: `${part} is not on this computer.`, advice: installAdvice(part),
})

/** What a program printed, or null where it is not installed. A program that fails or hangs has printed nothing worth reading. */
export function printed(program: string, args: readonly string[], timeoutMs = 15_000): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024, windowsHide: true }, (error, stdout) => {
      resolve((error as NodeJS.ErrnoException | null)?.code === 'ENOENT' ? null : stdout)
    })
  })
}

/** Whether GStreamer has an element, of whatever version; null without GStreamer. */
export function hasElement(element: string): Promise<boolean | null> {
  return new Promise((resolve) => {
    execFile(inspectProgram, ['--exists', '--atleast-version=0.0.1', element], { timeout: 15_000, windowsHide: true }, (error) => {
      resolve((error as NodeJS.ErrnoException | null)?.code === 'ENOENT' ? null : error === null)
    })
  })
}
