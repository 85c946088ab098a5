import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { colourOf, contrast, haloOf, inkOn, luminance, palette, rgbOf } from '../../renderer/palette.ts'

/** Simulated dichromacy of linear RGB. Machado, Oliveira, Fernandes 2009, severity 1.0, https://doi.org/10.1109/TVCG.2009.113 */
const eyes = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
}
function labOf(hex: string, eye: number[][]): number[] {
  const linear = rgbOf(hex).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
  const [r, g, b] = eye.map((row) => Math.max(0, row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2]))
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b)
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

describe('colours of workpieces', () => {
  it('are twelve that stay apart for normal, protan and deutan eyes', () => {
    expect(new Set(palette).size).toBe(12)
    for (const eye of Object.values(eyes)) {
      for (let i = 0; i < 12; i++) for (let k = 0; k < i; k++) {
        expect(Math.hypot(...labOf(palette[i], eye).map((v, c) => v - labOf(palette[k], eye)[c])), `${palette[i]} ${palette[k]}`).toBeGreaterThan(16.5)
      }
    }
  })
  it('begin with Okabe-Ito and repeat after twelve', () => {
    expect(colourOf(1)).toBe('#e69f00')
    expect(colourOf(13)).toBe(colourOf(1))
    expect(colourOf(254)).toBe(colourOf(2))
  })
  it('bear ink of at least 4.5 : 1', () => {
    for (const colour of palette) expect(contrast(colour, inkOn(colour)), colour).toBeGreaterThanOrEqual(4.5)
  })
  it('have a halo of the other end of lightness', () => {
    expect(haloOf('#f0e442')).toContain('10, 12, 16')
    expect(haloOf('#332288')).toContain('255, 255, 255')
  })
  it('measures contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
    expect(luminance('#ff0000')).toBeCloseTo(0.2126)
  })
})

describe('tokens', () => {
  const css = readFileSync('renderer/styles/tokens.css', 'utf8')
  const themes = css.split('}').filter((block) => block.includes('--surface')).map((block) => Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])))
  it('hold light, dark, and dark of the system, the latter two alike', () => {
    expect(themes).toHaveLength(3)
    expect(themes[1]).toEqual(themes[2])
  })
  it('keep text at 4.5 : 1 and edges of controls at 3 : 1', () => {
    for (const theme of themes) {
      for (const ground of ['surface', 'ground']) {
        for (const text of ['text', 'secondary', 'good', 'attention', 'bad']) expect(contrast(theme[text], theme[ground]), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
        expect(contrast(theme['line-strong'], theme[ground]), `line on ${ground}`).toBeGreaterThanOrEqual(3)
      }
      expect(contrast(theme['on-accent'], theme.accent)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(theme['accent-strong'], theme['accent-soft'])).toBeGreaterThanOrEqual(4.5)
      for (const name of ['attention', 'bad', 'good']) expect(contrast(theme[name], theme[`${name}-soft`]), name).toBeGreaterThanOrEqual(4.5)
    }
  })
})
