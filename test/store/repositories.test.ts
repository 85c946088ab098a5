import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { presets, type Settings } from '../../preload/contract/settings.ts'
import { openQuality } from '../../main/store/quality.ts'
import { openStore } from '../../main/store/index.ts'
import type { Store } from '../../main/store/index.ts'
import { openTruth } from '../../main/store/truth.ts'

let root: string
let store: Store
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-rows-'))
  store = openStore(join(root, 'p.maskwright'), { create: true })
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true, force: true })
})

function add(kind: 'render' | 'photo', name: string, tags: string[] | null = []): number {
  const workpieceIds = tags?.map((tag) => store.workpieces.ensure(tag).id) ?? null
  const sha256 = store.blobs.put(new TextEncoder().encode(`${kind}/${name}`))
  return store.images.add({ kind, name, group: name.split('/')[0], width: 4, height: 3, sha256, workpieceIds })
}
const labels = (...values: number[]) => store.blobs.putLabels({ width: values.length, height: 1, data: Uint8Array.from(values) })
const newRun = (seed = 1) => store.runs.create({ preset: 'maskwright', seed, device: 'cpu', settings: presets.maskwright, inputHash: store.inputHash() })
const names = (filter?: Parameters<Store['images']['list']>[0]) => store.images.list(filter).map(({ name }) => name)

describe('workpieces', () => {
  it('gives class indices in order of creation and keeps them', () => {
    expect(store.workpieces.ensure('nut').classIndex).toBe(1)
    expect(store.workpieces.ensure('bolt').classIndex).toBe(2)
    expect(store.workpieces.ensure('nut').classIndex).toBe(1)
    expect(store.workpieces.list().map(({ name }) => name)).toEqual(['nut', 'bolt'])
  })

  it('counts renders, photos and truths in use', () => {
    add('render', 'a', ['nut'])
    const photo = add('photo', 'b', ['nut', 'bolt'])
    store.images.remove([add('photo', 'c', ['nut'])])
    openTruth(store).save(photo, labels(1))
    expect(store.workpieces.list().map(({ name, renders, photos, truths }) => [name, renders, photos, truths]))
      .toEqual([['nut', 1, 1, 1], ['bolt', 0, 1, 1]])
  })

  it('renames, but not onto another', () => {
    const { id } = store.workpieces.ensure('nut')
    store.workpieces.ensure('bolt')
    store.workpieces.rename(id, 'M16 nut')
    expect(store.workpieces.find('M16 nut')?.classIndex).toBe(1)
    expect(() => store.workpieces.rename(id, 'bolt')).toThrow('already')
    expect(() => store.workpieces.rename(99, 'x')).toThrow('no workpiece 99')
  })

  it('holds 254 and refuses one more', () => {
    for (let i = 1; i <= 254; i++) store.workpieces.ensure(`part ${i}`)
    expect(() => store.workpieces.ensure('part 255')).toThrow('one too many')
  })
})

describe('images', () => {
  it('lists by kind, tag, group, part of the name and page', () => {
    add('render', 'gear/0', ['gear'])
    add('photo', 'plain/a', ['gear'])
    add('photo', 'plain/b')
    add('photo', 'wood/Ab', ['cap', 'gear'])
    expect(names()).toEqual(['gear/0', 'plain/a', 'plain/b', 'wood/Ab'])
    expect(names({ kind: 'photo' })).toEqual(['plain/a', 'plain/b', 'wood/Ab'])
    expect(names({ tag: 'cap' })).toEqual(['wood/Ab'])
    expect(names({ tag: null })).toEqual(['plain/b'])
    expect(names({ group: 'wood' })).toEqual(['wood/Ab'])
    expect(names({ search: 'A', kind: 'photo' })).toEqual(['plain/a', 'plain/b', 'wood/Ab'])
    expect(names({ offset: 1, limit: 2 })).toEqual(['plain/a', 'plain/b'])
    expect(store.images.count({ kind: 'photo', tag: 'gear' })).toBe(2)
    expect(store.images.list({ tag: 'cap' })[0].tags).toEqual(['gear', 'cap'])
  })

  it('lets photos train that are tagged, not rejected and without truth', () => {
    const [plain, rejected, drawn] = ['plain', 'rejected', 'drawn'].map((name) => add('photo', name, ['nut']))
    add('photo', 'background', [])
    add('photo', 'untagged', null)
    add('render', 'render', ['nut'])
    store.images.setRejected(rejected, true)
    openTruth(store).save(drawn, labels(1))
    expect(names({ trainable: true })).toEqual(['plain', 'background'])
    expect(names({ kind: 'photo', trainable: false })).toEqual(['rejected', 'drawn', 'untagged'])
    store.images.setRejected(rejected, false)
    openTruth(store).remove(drawn)
    store.images.remove([plain])
    expect(names({ trainable: true })).toEqual(['rejected', 'drawn', 'background'])
  })

  it('sets tags of many at once, all or none', () => {
    const ids = [add('photo', 'a', ['nut']), add('photo', 'b', null)]
    store.workpieces.ensure('bolt')
    store.images.setTags(ids, ['bolt', 'nut'])
    expect(store.images.list().map(({ tags, tagged }) => [tags, tagged])).toEqual([[['nut', 'bolt'], true], [['nut', 'bolt'], true]])
    expect(() => store.images.setTags(ids, ['bolt', 'gear'])).toThrow('no workpiece called gear')
    expect(() => store.images.setTags([ids[0], 99], [])).toThrow('no picture 99')
    expect(store.images.get(ids[0]).tags).toEqual(['nut', 'bolt'])
  })

  it('keeps what is removed in the bin, to be restored', () => {
    const id = add('photo', 'a', ['nut'])
    store.images.remove([id])
    expect(names()).toEqual([])
    expect(names({ removed: true })).toEqual(['a'])
    store.images.restore([id])
    expect(store.images.get(id)).toMatchObject({ tags: ['nut'], removedAtMs: null })
  })

  it('takes the bytes of a known image once, and brings it back from the bin', () => {
    const id = add('photo', 'a', ['nut'])
    const bolt = store.workpieces.ensure('bolt')
    const again = { kind: 'photo', name: 'b', group: 'g', width: 4, height: 3, sha256: store.images.get(id).sha256, workpieceIds: [bolt.id] } as const
    expect(store.images.take(again)).toBe(false)
    store.images.remove([id])
    expect(store.images.take(again)).toBe(true)
    expect(store.images.get(id)).toMatchObject({ name: 'b', tags: ['bolt'], removedAtMs: null })
    expect(new TextDecoder().decode(store.images.bytes(id))).toBe('photo/a')
  })

  it('lets an image be a render and a photo, but not twice the same', () => {
    const sha256 = store.images.get(add('photo', 'a')).sha256
    const row = { name: 'a', group: '', width: 1, height: 1, sha256, workpieceIds: [] }
    expect(store.images.add({ kind: 'render', ...row })).toBe(2)
    expect(() => store.images.add({ kind: 'photo', ...row })).toThrow('UNIQUE')
    expect(store.images.findByName('photo', 'a').map(({ id }) => id)).toEqual([1])
  })
})

describe('masks and truth', () => {
  it('keeps exact masks of renders only', () => {
    const render = add('render', 'r', ['nut'])
    const photo = add('photo', 'p', ['nut'])
    store.masks.save(render, labels(0, 1))
    store.masks.save(photo, labels(0, 1))
    expect(store.masks.ofRender(render).data).toEqual(Uint8Array.of(0, 1))
    expect(store.masks.shaOfRender(photo)).toBeNull()
    expect(() => store.masks.ofRender(photo)).toThrow(TypeError)
  })

  it('keeps truth of photos only, outside the store', () => {
    const photo = add('photo', 'p')
    const truth = openTruth(store)
    const sha = labels(0, 1, 255)
    truth.save(photo, sha)
    expect(truth.get(photo)).toBe(sha)
    expect(truth.labels(photo).data).toEqual(Uint8Array.of(0, 1, 255))
    expect(truth.list()).toEqual([{ imageId: photo, sha }])
    expect(() => truth.save(add('render', 'r'), sha)).toThrow('no photo')
    expect(JSON.stringify(store.images.list())).not.toContain(sha)
    expect('truth' in store).toBe(false)
    truth.remove(photo)
    expect(truth.list()).toEqual([])
    expect(store.images.get(photo).hasTruth).toBe(false)
  })

  it('opens truth of a store only', () => {
    expect(() => openTruth({} as Store)).toThrow(TypeError)
  })
})

describe('runs and what they make', () => {
  it('keeps what a run needs to be repeated', () => {
    const id = newRun(7)
    store.runs.setDevice(id, 'CPU, 2 threads')
    store.runs.setState(id, 'finished')
    expect(store.runs.get(id)).toMatchObject({
      preset: 'maskwright', seed: 7, device: 'CPU, 2 threads', state: 'finished', settings: presets.maskwright, inputHash: store.inputHash(),
    })
    expect(store.runs.list()).toHaveLength(1)
    expect(() => store.runs.get(9)).toThrow('no run 9')
    expect(() => store.runs.setState(9, 'paused')).toThrow('no run 9')
  })

  it('reads settings of another version: those it lacks as the preset has them, those that are gone not at all', () => {
    const { 'predict.names': lacking, ...older } = presets.quick
    const settings = { ...older, 'training.steps': 7, 'training.gone': 1 } as unknown as Settings
    const id = store.runs.create({ preset: 'quick', seed: 1, device: 'cpu', settings, inputHash: store.inputHash() })
    expect(lacking).not.toBe(presets.maskwright['predict.names'])
    expect(store.runs.get(id).settings).toEqual({ ...presets.quick, 'training.steps': 7 })
  })

  it('forgets a run with all of it', () => {
    const id = newRun()
    const photo = add('photo', 'p')
    store.artifacts.put(id, 'cam', 'p', labels(1))
    store.rounds.saveMask(id, 0, photo, { maskSha: labels(1), labelled: 1 })
    store.metrics.save(id, { round: 0, kind: 'round', imageId: photo, confusion: [1], boundaryF: null })
    store.curves.add(id, { key: 'round 1', round: 1, step: 1, values: { loss: 1 } })
    store.runs.remove(id)
    expect([store.artifacts.list(id, 'cam'), store.rounds.masks(id, 0), store.metrics.list(id), store.curves.list(id)]).toEqual([[], [], [], []])
  })

  it('keeps outputs of steps by key, with a note', () => {
    const id = newRun()
    const [a, b] = [labels(1), labels(2)]
    store.artifacts.put(id, 'cam', 'photo 2', b, { step: 5 })
    store.artifacts.put(id, 'cam', 'photo 1', a)
    expect(store.artifacts.list(id, 'cam')).toEqual([{ key: 'photo 1', sha: a, meta: null }, { key: 'photo 2', sha: b, meta: { step: 5 } }])
    expect(store.artifacts.get(id, 'cam', 'photo 3')).toBeNull()
    store.artifacts.clear(id, 'cam')
    expect(store.artifacts.list(id, 'cam')).toEqual([])
  })

  it('updates the figures of a round that are given and keeps the others', () => {
    const id = newRun()
    store.rounds.upsert(id, 1, { state: 'training', threshold: 0.5 })
    store.rounds.upsert(id, 1, { state: 'finished', labelled: 0.25, durationMs: 12, agreement: undefined })
    store.rounds.upsert(id, 0, { state: 'finished' })
    expect(store.rounds.list(id)).toEqual([
      { round: 0, state: 'finished', threshold: null, labelled: null, agreement: null, durationMs: null },
      { round: 1, state: 'finished', threshold: 0.5, labelled: 0.25, agreement: null, durationMs: 12 },
    ])
    store.rounds.upsert(id, 1, { threshold: null })
    expect(store.rounds.get(id, 1)?.threshold).toBeNull()
    expect(store.rounds.get(id, 2)).toBeNull()
  })

  it('keeps the masks of every round', () => {
    const id = newRun()
    const [p, q] = [add('photo', 'p'), add('photo', 'q')]
    const [a, b] = [labels(1), labels(2)]
    store.rounds.saveMask(id, 1, q, { maskSha: a, labelled: 0.5 })
    store.rounds.saveMask(id, 1, p, { maskSha: b, provenanceSha: a, confidenceSha: b, labelled: 1 })
    expect(store.rounds.masks(id, 1)).toEqual([
      { imageId: p, maskSha: b, provenanceSha: a, confidenceSha: b, labelled: 1 },
      { imageId: q, maskSha: a, provenanceSha: null, confidenceSha: null, labelled: 0.5 },
    ])
    expect(store.rounds.mask(id, 1, q)?.maskSha).toBe(a)
    expect(store.rounds.mask(id, 2, q)).toBeNull()
  })

  it('keeps what is said of masks without truth until their round is forgotten', () => {
    const id = newRun()
    const photo = add('photo', 'p')
    const quality = openQuality(store)
    const row = { imageId: photo, maskSha: labels(1), agreement: null, activation: 0.5, tags: 1, contrast: 0.25, estimate: 0.5 }
    quality.save(id, { round: 0, ...row })
    quality.save(id, { round: 1, ...row })
    quality.save(id, { round: 1, ...row, agreement: 0.75 })
    expect(quality.list(id)).toEqual([{ round: 0, ...row }, { round: 1, ...row, agreement: 0.75 }])
    expect(quality.list(id, 0)).toEqual([{ round: 0, ...row }])
    store.rounds.removeFrom(id, 1)
    expect(quality.list(id)).toEqual([{ round: 0, ...row }])
  })

  it('keeps metrics and curves in order', () => {
    const id = newRun()
    const photo = add('photo', 'p')
    store.metrics.save(id, { round: 1, kind: 'crf', imageId: photo, confusion: [1, 2, 3, 4], boundaryF: 0.5 })
    store.metrics.save(id, { round: 1, kind: 'round', imageId: photo, confusion: [4, 3, 2, 1], boundaryF: null })
    expect(store.metrics.list(id).map(({ kind, confusion, boundaryF }) => [kind, confusion, boundaryF]))
      .toEqual([['round', [4, 3, 2, 1], null], ['crf', [1, 2, 3, 4], 0.5]])
    store.curves.add(id, { key: 'round 1', round: 1, step: 10, values: { loss: 0.5 } })
    store.curves.add(id, { key: 'round 1', round: 1, step: 5, values: { loss: 0.7 } })
    store.curves.add(id, { key: 'round 1', round: 1, step: 10, values: { loss: 0.4 } })
    expect(store.curves.list(id).map(({ step, values }) => [step, values.loss])).toEqual([[5, 0.7], [10, 0.4]])
  })
})

describe('inputHash', () => {
  it('changes with what trains and with nothing else', () => {
    const seen = [store.inputHash()]
    const changed = (work: () => unknown) => {
      work()
      const hash = store.inputHash()
      const isNew = !seen.includes(hash)
      seen.push(hash)
      return isNew
    }
    let photo = 0
    expect(changed(() => { photo = add('photo', 'p', ['nut']) })).toBe(true)
    expect(changed(() => store.masks.save(add('render', 'r', ['nut']), labels(1)))).toBe(true)
    expect(changed(() => newRun())).toBe(false)
    expect(changed(() => store.images.remove([add('photo', 'q')]))).toBe(false)
    expect(changed(() => openTruth(store).save(add('photo', 'drawn'), labels(1)))).toBe(false)
    expect(changed(() => store.images.setTags([photo], []))).toBe(true)
    expect(changed(() => openTruth(store).save(photo, labels(0)))).toBe(true)
  })
})
