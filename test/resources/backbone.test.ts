import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { settingsFrom } from '../../main/cli/settings.ts'
import { cleanMesh, meshExtent } from '../../main/core/render/mesh.ts'
import { segmentationNetwork, startWeights, weightsFile } from '../../main/steps/networks.ts'
import { drawPart } from '../../resources/backbone/parts.ts'

describe('drawn parts', () => {
  it('are meshes of a size that factories make, each another one, the same at every run', () => {
    const radii = Array.from({ length: 180 }, (_, number) => meshExtent(cleanMesh(drawPart(number))).radius)
    expect(Math.min(...radii)).toBeGreaterThan(5)
    expect(Math.max(...radii)).toBeLessThan(150)
    expect(new Set(radii).size).toBe(180)
    expect(drawPart(7)).toEqual(drawPart(7))
  })
})

describe('the weights that come with Maskwright', () => {
  const settings = settingsFrom('parts', {})

  it('are a file that is packed with the program, of a few megabytes', () => {
    expect(weightsFile(settings)).toBe(resolve('resources/backbone/parts.safetensors'))
    expect(existsSync(weightsFile(settings)!)).toBe(true)
    expect(readFileSync(weightsFile(settings)!).length).toBeLessThan(8e6)
    expect(readFileSync('electron-builder.yml', 'utf8')).toContain('  - resources/backbone/parts.safetensors\n')
  })

  it('start all of the network but its scores, whatever the number of workpieces', () => {
    const { parameters } = segmentationNetwork(settings, 4)
    const drawn = startWeights({ ...settings, 'network.weights': '' }, parameters)
    const started = startWeights(settings, parameters)
    const same = Object.keys(parameters).filter((name) => started[name].every((value, i) => value === drawn[name][i]))
    expect(same).toEqual(['cls.weight', 'cls.bias'])
    for (const values of Object.values(started)) expect(values.every(Number.isFinite)).toBe(true)
  })

  it('are refused by another network, with what to do', () => {
    const other = { ...settings, 'network.backbone': 'resnet18' as const }
    expect(() => startWeights(other, segmentationNetwork(other, 4).parameters)).toThrow(expect.objectContaining({ data: expect.objectContaining({ code: 'weights-unreadable' }) }))
  })
})
