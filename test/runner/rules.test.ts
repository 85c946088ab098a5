import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { instancesOf, type Instance } from '../../main/runner/instances.ts'
import { judge, readRules, Rules } from '../../main/runner/rules.ts'

const classes = { 0: 'background', 1: 'bolt', 2: 'gear' }

/** A map of 10 x 6: a bolt of 3 x 2, a ring-shaped gear of 4 x 4 with a hole of 2 x 2, and one pixel of dirt. */
const rows = ['..........', '.111..2222', '.111..2..2', '......2..2', '......2222', '1.........']
const data = Uint8Array.from(rows.join(''), (c) => (c === '.' ? 0 : Number(c)))
const map = { width: 10, height: 6, data }
const confidence = { width: 10, height: 6, data: Float32Array.from(data, (label, i) => (label === 1 ? (i % 10 === 1 ? 0.5 : 0.75) : 1)) }

describe('instances', () => {
  const found = instancesOf(map, confidence, classes, { minShare: 2 / 60, tolerance: 0 })

  it('measures each piece', () => {
    expect(found.map(({ workpiece, area }) => [workpiece, area])).toEqual([['gear', 12], ['bolt', 6]])
    const [gear, bolt] = found
    expect(bolt).toEqual({
      workpiece: 'bolt', classIndex: 1, area: 6, share: 0.1, box: { x: 1, y: 1, width: 3, height: 2 }, centroid: [2.5, 2],
      confidence: 0.6667, polygon: [[4, 1], [4, 3], [1, 3], [1, 1]], holes: [],
    })
    expect(gear).toMatchObject({ share: 0.2, box: { x: 6, y: 1, width: 4, height: 4 }, centroid: [8, 3], confidence: 1 })
    expect(gear.holes.map((hole) => new Set(hole.map(String)))).toEqual([new Set(['7,2', '9,2', '9,4', '7,4'])])
  })

  it('passes dirt over, or not', () => {
    expect(instancesOf(map, confidence, classes, { minShare: 0, tolerance: 0 })).toHaveLength(3)
    expect(instancesOf(map, confidence, classes, { minShare: 7 / 60, tolerance: 0 }).map(({ workpiece }) => workpiece)).toEqual(['gear'])
  })

  it('takes 255 for nothing', () => {
    expect(instancesOf({ ...map, data: data.map((label) => (label === 0 ? 0 : 255)) }, confidence, classes, { minShare: 0, tolerance: 0 })).toEqual([])
  })
})

const piece = (workpiece: string, share: number, centroid: [number, number], sure = 0.9): Instance => ({
  workpiece, classIndex: 1, area: share * 60, share, box: { x: 0, y: 0, width: 1, height: 1 }, centroid, confidence: sure, polygon: [], holes: [],
})
const size = { width: 10, height: 6 }
const failing = (workpieces: unknown, ...pieces: Instance[]) => judge(Rules.parse({ workpieces }), pieces, size).reasons.map(({ workpiece, rule }) => `${workpiece} ${rule}`)

describe('rules', () => {
  it('ask for at least one piece of each workpiece named', () => {
    expect(failing({ bolt: {}, gear: {} }, piece('bolt', 0.1, [5, 3]))).toEqual(['gear present'])
  })

  it('count', () => {
    const two = [piece('bolt', 0.1, [2, 3]), piece('bolt', 0.1, [8, 3])]
    for (const present of [true, { min: 2 }, { max: 2 }, { min: 1, max: 3 }]) expect(failing({ bolt: { present } }, ...two)).toEqual([])
    for (const present of [false, { min: 3 }, { max: 1 }, { min: 0, max: 0 }]) expect(failing({ bolt: { present } }, ...two)).toEqual(['bolt present'])
    expect(failing({ bolt: { present: false } })).toEqual([])
    expect(failing({ bolt: { present: { max: 1 } } })).toEqual([])
  })

  it('measure every piece', () => {
    const [small, large] = [piece('bolt', 0.05, [2, 3]), piece('bolt', 0.3, [8, 3], 0.6)]
    expect(failing({ bolt: { area: [0.05, 0.3] } }, small, large)).toEqual([])
    expect(failing({ bolt: { area: [0.1, 0.2] } }, small, large)).toEqual(['bolt area', 'bolt area'])
    expect(failing({ bolt: { position: { x: [0.1, 0.5], y: [0.5, 0.5] } } }, small, large)).toEqual(['bolt position'])
    expect(failing({ bolt: { confidence: 0.7 } }, small, large)).toEqual(['bolt confidence'])
  })

  it('say why in plain words', () => {
    const { verdict, reasons } = judge(Rules.parse({ workpieces: { bolt: { area: [0.1, 0.2] }, gear: { present: { min: 1, max: 2 } } } }), [piece('bolt', 0.05, [2, 3])], size)
    expect(verdict).toBe('fail')
    expect(reasons.map(({ reason }) => reason)).toEqual(['bolt at x 0.20, y 0.50: covers 5 % of the picture, 10 % to 20 % wanted.', 'gear: 0 found, 1 to 2 wanted.'])
    expect(judge(Rules.parse({ workpieces: {} }), [], size)).toEqual({ verdict: 'pass', reasons: [] })
  })
})

describe('a file of rules', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rules-'))
  const file = join(dir, 'rules.json')
  afterAll(() => rmSync(dir, { recursive: true }))

  it('is read', () => {
    writeFileSync(file, '{ "workpieces": { "bolt": { "present": { "max": 4 }, "area": [0.01, 0.5] } } }')
    expect(readRules(file, ['bolt', 'gear'])).toEqual({ workpieces: { bolt: { present: { min: 0, max: 4 }, area: [0.01, 0.5] } } })
  })

  it.each([
    ['no JSON', '{'], ['a workpiece unknown', '{ "workpieces": { "nut": {} } }'], ['a rule unknown', '{ "workpieces": { "bolt": { "colour": 1 } } }'],
    ['a range turned round', '{ "workpieces": { "bolt": { "area": [0.5, 0.1] } } }'], ['a share above 1', '{ "workpieces": { "bolt": { "confidence": 80 } } }'],
    ['a count turned round', '{ "workpieces": { "bolt": { "present": { "min": 3, "max": 1 } } } }'], ['no workpieces', '[]'],
  ])('is refused with %s', (_, text) => {
    writeFileSync(file, text)
    expect(() => readRules(file, ['bolt', 'gear'])).toThrow(expect.objectContaining({ data: expect.objectContaining({ code: 'rules-unreadable', subject: file }) }))
  })

  it('is refused where it is missing', () => {
    expect(() => readRules(join(dir, 'none.json'), ['bolt'])).toThrow('cannot be used')
  })
})
