/**
 * Colours of the workpieces: Okabe & Ito 2008 without black, then Paul Tol's muted indigo, wine, green and sand and light pink: the five
 * of his that stay farthest from the first seven and from each other for normal, protan and deutan eyes (CIELAB, 17 or more).
 */
export const palette = [
  '#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7',
  '#332288', '#ddcc77', '#882255', '#ffaabb', '#117733',
] as const

export type Rgb = readonly [number, number, number]

/** The colour of a class index, 1 and up; colours repeat after twelve. */
export const colourOf = (classIndex: number): string => palette[(classIndex - 1 + palette.length * 22) % palette.length]

export function rgbOf(hex: string): Rgb {
  return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as unknown as Rgb
}

/** Relative luminance, 0 .. 1. WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
export function luminance(hex: string): number {
  const [r, g, b] = rgbOf(hex).map((value) => {
    const c = value / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** Contrast of two colours, 1 .. 21. WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** The thin line around an outline: dark for light colours, light for dark ones. */
export const haloOf = (hex: string): string => (luminance(hex) > 0.18 ? 'rgba(10, 12, 16, 0.75)' : 'rgba(255, 255, 255, 0.8)')

/** Text that reads on a chip of this colour. */
export const inkOn = (hex: string): string => (contrast(hex, '#10151b') >= contrast(hex, '#ffffff') ? '#10151b' : '#ffffff')
