import { describe, expect, it } from 'vitest'
import type { ProjectStatus, RoundStatus, RunStatus } from '../../preload/contract/model.ts'
import { metricsCsv } from '../../main/steps/report.ts'
import { reportHtml } from '../../main/steps/report-html.ts'

const round = (n: number, quality: RoundStatus['quality']): RoundStatus => ({
  round: n, miou: { workpieces: null, withBackground: null }, perWorkpiece: { gear: null }, perGroup: {}, boundaryF: null,
  masks: { labelled: 0.9, agreement: n > 0 ? 0.8 : null }, threshold: null, durationMs: null, quality,
})
const run = (follows: number | null): RunStatus => ({
  id: 1, state: 'finished', preset: 'quick', seed: 1, device: 'CPU', crf: null, seeds: null,
  rounds: [round(0, { mean: 0.4, photos: 9, follows: null, truths: 0 }), round(1, { mean: 0.625, photos: 9, follows, truths: follows === null ? 0 : 27 })],
})
const status: ProjectStatus = {
  project: 'line', workpieces: ['gear'], runs: [],
  images: { renders: 1, photos: 9, trainingPhotos: 9, backgroundPhotos: 0, truths: 0, rejected: 0 },
}
const worst = [{ name: 'plain/<7>.jpg', estimate: 0.125, agreement: null, activation: 0.5, tags: 0.25, contrast: 0.75 }]
const page = (follows: number | null) =>
  reportHtml({ status, run: run(follows), hints: 0, curves: [], figures: [], settings: [], worst }).replace(/\s+/g, ' ')

describe('the report of a line without truth', () => {
  it('tells the estimate, what it is not, and the photos to look at first', () => {
    const html = page(null)
    expect(html).toContain('62.5 % on average over 9 tagged photos that trained.')
    expect(html).toContain('it is no IoU')
    expect(html).toContain('Without photos with truth nobody can say how well it follows the true IoU here.')
    expect(html).toContain('plain/&#60;7&#62;.jpg')
    expect(html).toContain('<span>12.5</span>')
  })

  it('tells its rank correlation where there is truth', () => {
    expect(page(0.714)).toContain('Its rank correlation with the true IoU is 0.71 over 27 photos with truth')
  })

  it('draws the shares by round that are known in more than one', () => {
    const html = page(null)
    expect(html).toContain('aria-label="estimate without truth"')
    expect(html).toContain('aria-label="labelled pixels"')
    expect(html).not.toContain('aria-label="mIoU over workpieces"')
  })

  it('holds the estimates in its table of figures', () => {
    expect(metricsCsv(status, run(0.5)).split('\n').slice(-5)).toEqual([
      '0,estimate,mean,0.4', '0,estimate,rankCorrelation,', '1,estimate,mean,0.625', '1,estimate,rankCorrelation,0.5', '',
    ])
  })
})
