import { describe, expect, it } from 'vitest'
import { ofRound } from '../../main/steps/networks.ts'
import { presets, type Settings } from '../../preload/contract/settings.ts'

const seen = (settings: Partial<Settings>, round: number) => {
  const { settings: of } = ofRound({ settings: { ...presets.maskwright, 'training.size': 192, 'training.learningRate': 0.001, 'training.firstRate': 0, ...settings } }, round)
  return [of['training.size'], of['training.learningRate']]
}

describe('a run as a round sees it', () => {
  it('has a size and a step width of its own in the first round', () => {
    expect(seen({ 'training.firstSize': 128, 'training.firstRate': 0.002 }, 1)).toEqual([128, 0.002])
    expect(seen({ 'training.firstSize': 128, 'training.firstRate': 0.002 }, 2)).toEqual([192, 0.001])
  })

  it('takes those of all rounds where the first names none', () => {
    expect(seen({ 'training.firstSize': 0, 'training.firstRate': 0 }, 1)).toEqual([192, 0.001])
    expect(seen({ 'training.firstSize': 128 }, 1)).toEqual([128, 0.001])
    expect(seen({ 'training.firstRate': 0.002 }, 1)).toEqual([192, 0.002])
  })
})
