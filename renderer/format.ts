/** Numbers, times and dates by the locale's rules. */
const cache = new Map<string, Intl.NumberFormat>()

function formatter(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options)
  const found = cache.get(key) ?? new Intl.NumberFormat(locale, options)
  cache.set(key, found)
  return found
}

export const dash = '–'

/** A share as a percentage with one decimal; a dash for null. */
export function percent(locale: string, share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined) return dash
  return formatter(locale, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share)
}

/** A share in percent without the sign: mIoU 91.4. */
export function points(locale: string, share: number | null | undefined): string {
  if (share === null || share === undefined) return dash
  return formatter(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(share * 100)
}

export function number(locale: string, value: number, digits = 0): string {
  return formatter(locale, { maximumFractionDigits: digits }).format(value)
}

/** Three significant figures, for losses and rates. */
export function figure(locale: string, value: number): string {
  const tiny = value !== 0 && Math.abs(value) < 1e-4
  return formatter(locale, { maximumSignificantDigits: tiny ? 2 : 3, notation: tiny ? 'scientific' : 'standard' }).format(value)
}

export function bytes(locale: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return dash
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)))
  const scaled = value / 1000 ** power
  return formatter(locale, { style: 'unit', unit: units[power], maximumFractionDigits: scaled < 10 && power > 0 ? 1 : 0 }).format(scaled)
}

/** A span in the largest fitting unit: 40 sec, 12 min, 3 hr. */
export function span(locale: string, seconds: number): string {
  const [value, unit] = seconds < 90 ? [Math.max(1, Math.round(seconds)), 'second']
    : seconds < 5400 ? [Math.round(seconds / 60), 'minute']
      : [Math.round(seconds / 360) / 10, 'hour']
  // British English would write "12 mins".
  const region = locale.startsWith('en') ? 'en-US' : locale
  return formatter(region, { style: 'unit', unit: String(unit), unitDisplay: 'short', maximumFractionDigits: 1 }).format(Number(value))
}

/** 3 days ago. */
export function ago(locale: string, atMs: number, nowMs: number): string {
  const seconds = Math.round((atMs - nowMs) / 1000)
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const size = Math.abs(seconds)
  if (size < 60) return relative.format(0, 'minute')
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute')
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour')
  return relative.format(Math.round(seconds / 86_400), 'day')
}

export function dateTime(locale: string, atMs: number): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(atMs)
}
