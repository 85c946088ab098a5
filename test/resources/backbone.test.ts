import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { settingsFrom } from '../../main/cli/settings.ts'
import { EPSILON } from '../../main/core/model/batch-norm.ts'
import { segmentationNetwork, startWeights, weightsFile } from '../../main/steps/networks.ts'

describe('the weights that come with Maskwright', () => {
  const settings = settingsFrom('maskwright', {})
  const { parameters } = segmentationNetwork(settings, 4)
  const started = startWeights(settings, parameters)

  it('are a file that is packed with the program, of a few megabytes', () => {
    expect(weightsFile(settings)).toBe(resolve('resources/backbone/coco.safetensors'))
    expect(existsSync(weightsFile(settings)!)).toBe(true)
    expect(readFileSync(weightsFile(settings)!).length).toBeLessThan(8e6)
    expect(readFileSync('electron-builder.yml', 'utf8')).toContain('  - resources/backbone/coco.safetensors\n')
  })

  it('start the whole backbone and leave the head to the seed, whatever the number of workpieces', () => {
    const drawn = startWeights({ ...settings, 'network.weights': '' }, parameters)
    const same = Object.keys(parameters).filter((name) => started[name].every((value, i) => value === drawn[name][i]))
    expect(same).toEqual(Object.keys(parameters).filter((name) => parameters[name].part === 'head'))
    for (const values of Object.values(started)) expect(values.every(Number.isFinite)).toBe(true)
  })

  it('have norms that leave what the filters give as it is, but for a shift', () => {
    const norms = Object.keys(parameters).filter((name) => parameters[name].part === 'backbone' && name.endsWith('.running_var'))
    expect(norms.length).toBe(52 - 1)
    for (const name of norms) {
      const scale = started[name.replace('running_var', 'weight')]
      started[name].forEach((variance, i) => expect(scale[i] / Math.sqrt(variance + EPSILON)).toBeCloseTo(1, 4))
    }
  })

  it('are refused by another network, with what to do', () => {
    const other = { ...settings, 'network.backbone': 'resnet18' as const }
    expect(() => startWeights(other, segmentationNetwork(other, 4).parameters)).toThrow(expect.objectContaining({ data: expect.objectContaining({ code: 'weights-unreadable' }) }))
  })
})
