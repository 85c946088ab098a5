import { describe, expect, it } from 'vitest'
import { ago, bytes, figure, percent, points, span } from '../../renderer/format.ts'

describe('numbers by locale', () => {
  it('percentages have one decimal', () => {
    expect(percent('en', 0.914)).toBe('91.4%')
    expect(percent('de', 0.914)).toBe('91,4\u00a0%')
    expect(percent('en', null)).toBe('–')
    expect(points('de', 0.9137)).toBe('91,4')
  })
  it('times are in the largest fitting unit', () => {
    expect(span('en-GB', 12 * 60)).toBe('12 min')
    expect(span('en', 40)).toBe('40 sec')
    expect(span('en', 3 * 3600)).toBe('3 hr')
    expect(span('de', 720)).toBe('12 Min.')
    expect(span('zh', 720)).toBe('12分钟')
    expect(span('en', 0)).toBe('1 sec')
  })
  it('sizes have units', () => {
    expect(bytes('en', 2.4e9)).toBe('2.4 GB')
    expect(bytes('en', 13_412_000)).toBe('13 MB')
    expect(bytes('de', 3_391_000)).toBe('3,4 MB')
    expect(bytes('en', null)).toBe('–')
  })
  it('figures have three places, tiny ones a power', () => {
    expect(figure('en', 0.14449)).toBe('0.144')
    expect(figure('en', 2.1e-6)).toBe('2.1E-6')
    expect(figure('en', 0)).toBe('0')
  })
  it('past times are told in words', () => {
    expect(ago('en', 0, 3 * 86_400_000)).toBe('3 days ago')
    expect(ago('de', 0, 7_200_000)).toBe('vor 2 Stunden')
  })
})
