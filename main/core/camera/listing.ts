/** What the programs around GStreamer print, read. */

export interface FoundCamera {
  readonly id: string
  /** What a person knows it by. */
  readonly name: string
}

/** A number of a camera, with its range where it tells. */
export interface Feature {
  readonly value: number
  readonly min: number | null
  readonly max: number | null
}

/** `arv-tool-0.8`: a line a camera, NAME (ADDRESS). */
export function genicamCameras(text: string): FoundCamera[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, name, address] = /^(\S.*?)\s+\(([^()]+)\)\s*$/.exec(line) ?? []
    return name ? [{ id: `genicam:${name}`, name: `${name} (${address})` }] : []
  })
}

/** `gst-device-monitor-1.0 Video/Source`: a block a device; those that v4l2src opens. */
export function videoDevices(text: string): FoundCamera[] {
  return text.split(/Device found:/).slice(1).flatMap((block) => {
    const [, name] = /^\s*name\s*:\s*(.+)$/m.exec(block) ?? []
    const [, device] = /v4l2src device=["']?(\/dev\/[^\s"']+)/.exec(block) ?? []
    return device ? [{ id: `v4l2:${device}`, name: `${name ?? 'Camera'} (${device})` }] : []
  })
}

/** `arv-tool-0.8 control A B`: NAME = VALUE min:MIN max:MAX; features a camera does not have are left out. */
export function featuresOf(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(/\r?\n/).flatMap((line) => {
    const [, name, value] = /^(\w+) = (.*)$/.exec(line) ?? []
    return name ? [[name, value.trim()] as const] : []
  }))
}

/** The first feature of these names that is a number. */
export function numberOf(features: ReadonlyMap<string, string>, names: readonly string[]): Feature | null {
  for (const name of names) {
    const text = features.get(name) ?? ''
    const numberAfter = (start: RegExp) => {
      const word = text.match(start)?.[1]
      return word !== undefined && Number.isFinite(Number(word)) ? Number(word) : null
    }
    const value = numberAfter(/^(\S+)/)
    if (value !== null) return { value, min: numberAfter(/\smin:(\S+)/), max: numberAfter(/\smax:(\S+)/) }
  }
  return null
}

/** Pictures that a GenICam camera sent and that did not arrive whole, from the figures of aravis; null where it printed none. */
export function lostPictures(text: string): number | null {
  const [, failures] = [...text.matchAll(/n_failures\s*=\s*(\d+)/g)].at(-1) ?? []
  const [, underruns] = [...text.matchAll(/n_underruns\s*=\s*(\d+)/g)].at(-1) ?? []
  return failures === undefined ? null : Number(failures) + Number(underruns ?? 0)
}

/** The element of GStreamer that is not installed, if that is what went wrong. */
export const missingElement = (text: string): string | null => /no element "([\w-]+)"/.exec(text)?.[1] ?? null

/** What went wrong in the words of GStreamer, in one line. */
export function reasonOf(text: string): string {
  const lines = text.split(/\r?\n/)
  const at = lines.findIndex((line) => /^(ERROR|WARNING)\b/.test(line))
  if (at < 0) return ''
  const said = lines[at].replace(/^(ERROR|WARNING):\s*/, '').replace(/^from element \S+:\s*/, '')
  const detail = lines.slice(at + 1).find((line) => /^(streaming stopped|Failed|Could not|.*: (Connection|Not found|Unauthorized))/.test(line))
  return (detail ? `${said} ${detail}` : said).replace(/\.$/, '')
}
