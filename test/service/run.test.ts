import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assets } from '../../preload/contract/api.ts'
import type { Settings } from '../../preload/contract/settings.ts'
import { forkEntry } from '../../main/service/fork.ts'
import type { Child } from '../../main/service/host.ts'
import { openBench, type Bench } from './host.ts'
import { smallLine, tiny } from './small-line.ts'

const trainers: Child[] = []
let bench: Bench
let projectId: number

beforeAll(async () => {
  bench = openBench((entry) => {
    const child = forkEntry(entry)
    if (entry === 'trainer') trainers.push(child)
    return child
  })
  projectId = (await bench.call('project:create', { name: 'small', folder: null })).projectId
  const line = smallLine(join(bench.dir, 'line'))
  await bench.done((await bench.call('import:files', { projectId, kind: 'auto', paths: [line], tags: null })).jobId)
})
afterAll(() => bench.close())

const plan = (overrides: Partial<Settings> = {}, useHints = false) =>
  ({ projectId, preset: 'maskwright', overrides: { ...tiny, ...overrides }, device: 'cpu', useHints }) as const
const run = async (runId: number) => (await bench.call('run:list', { projectId })).find(({ id }) => id === runId)!
async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('a run', { timeout: 180_000 }, () => {
  let runId: number

  it('is estimated, walks to its end, and refuses a second one meanwhile', async () => {
    const estimate = await bench.call('run:estimate', plan())
    expect(estimate.seconds).toBeGreaterThan(0)
    expect(estimate.steps.map(({ step }) => step)).toContain('self-train')
    const started = await bench.call('run:start', plan())
    runId = started.runId
    await expect(bench.call('run:start', plan())).rejects.toMatchObject({ data: { code: 'project-busy' } })
    expect(await run(runId)).toMatchObject({ state: 'running', jobId: started.jobId, hints: { photos: 0, pixels: 0 } })
    expect(await bench.done(started.jobId)).toEqual({ runId })
    expect(await run(runId)).toMatchObject({ state: 'finished', jobId: null, failure: null })
    expect(bench.events('round:done').map(({ round }) => round)).toEqual([0, 1, 2])
    expect(bench.events('device:load').length).toBeGreaterThan(0)
    const rates = bench.events('progress').filter(({ jobId }) => jobId === started.jobId).map(({ atMs }) => atMs)
    expect(rates.filter((at, i) => i > 0 && at - rates[i - 1] < 80).length).toBeLessThan(rates.length / 4)
  })

  it('has curves, masks, figures, pixels with provenance', async () => {
    const curves = await bench.call('run:curves', { projectId, runId })
    expect(curves.map(({ name }) => name)).toEqual(['classifierLoss', 'loss', 'labelled', 'agreement', 'miou', 'estimate'])
    expect(curves[1].points.at(-1)![0]).toBe(16)
    expect(curves[4].points.map(([round]) => round)).toEqual([0, 1, 2])
    const changes = bench.events('project:changed').length
    await bench.call('review:list', { projectId, runId, round: 2, sort: 'worst' })
    await until(() => bench.events('project:changed').slice(changes).some(({ what }) => what === 'review'))
    const items = await bench.call('review:list', { projectId, runId, round: 2, sort: 'uncertain' })
    expect(items.length).toBe(8)
    expect(items.filter(({ miou }) => miou !== null).length).toBe(2)
    expect(items.filter(({ confidence, changed }) => confidence !== null && changed !== null).length).toBe(6)
    const { imageId } = items[0]
    for (const address of [assets.mask(projectId, runId, 0, imageId), assets.mask(projectId, runId, 2, imageId), assets.superpixels(projectId, runId, imageId)])
      expect(await bench.service.asset(address), address).toMatchObject({ type: 'image/png' })
    const truthful = items.find(({ miou }) => miou !== null)!
    expect(await bench.service.asset(assets.mask(projectId, runId, 'crf', truthful.imageId))).toMatchObject({ type: 'image/png' })
    const pixel = await bench.call('review:pixel', { projectId, runId, round: 2, imageId, x: 3, y: 4 })
    expect(['network', 'superpixel', 'none']).toContain(pixel.source)
    expect(pixel.superpixel!.votes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
    await bench.call('review:judge', { projectId, imageIds: [imageId], verdict: 'rejected' })
    expect((await bench.call('images:counts', { projectId })).rejected).toBe(1)
    await bench.call('review:judge', { projectId, imageIds: [imageId], verdict: 'accepted' })
    expect((await bench.call('review:list', { projectId, runId, round: 2, sort: 'name' })).find((item) => item.imageId === imageId)?.verdict).toBe('accepted')
  })

  it('has a report that is read and saved', async () => {
    const report = await bench.call('report:read', { projectId, runId })
    expect(report.groups).toEqual(['wood'])
    expect(report.rows.map(({ workpiece }) => workpiece)).toEqual(['bolt', 'gear'])
    expect(report.confusion!.counts.flat().reduce((a, b) => a + b, 0)).toBeGreaterThan(0)
    expect(report.photos.length).toBe(2)
    for (const format of ['html', 'csv'] as const) {
      const path = join(bench.dir, `report.${format}`)
      expect(await bench.done((await bench.call('report:save', { projectId, runId, format, path })).jobId)).toEqual({ path })
      expect(statSync(path).size).toBeGreaterThan(200)
    }
    expect(readFileSync(join(bench.dir, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/)
  })

  it('is exported with parity and predicts', async () => {
    expect((await bench.call('export:list', { projectId, runId, round: 2 })).map(({ state }) => state)).toEqual(['none', 'none', 'none'])
    const { jobId } = await bench.call('export:make', { projectId, runId, round: 2, precision: 'float32', looks: 'all', batch: 1, size: 'dynamic', folder: bench.dir })
    const card = await bench.done(jobId) as { path: string; parity: { agreement: number } }
    expect(card).toMatchObject({ precision: 'float32', state: 'ready' })
    expect(card.parity.agreement).toBeGreaterThan(0.999)
    expect(existsSync(join(card.path, 'model.onnx'))).toBe(true)
    expect((await bench.call('export:list', { projectId, runId, round: 2 }))[0]).toEqual(card)
    const once = await bench.call('export:make', { projectId, runId, round: 2, precision: 'float16', looks: 'one', batch: 1, size: 'dynamic', folder: bench.dir })
    expect(await bench.done(once.jobId)).toMatchObject({ looks: 'one', path: expect.stringMatching(/float16-one-look$/) as string })
    for (const [precision, share] of [['float16', 0.65], ['int8', 0.45]] as const) {
      const smaller = await bench.done((await bench.call('export:make', { projectId, runId, round: 2, precision, looks: 'all', batch: 'dynamic', size: { width: 64, height: 48 }, folder: bench.dir })).jobId) as { state: string; bytes: number | null; reason: string | null }
      if (smaller.state === 'refused') expect(smaller.reason).toMatch(/differs from the trained network/)
      else expect(smaller.bytes! / (card as unknown as { bytes: number }).bytes).toBeLessThan(share)
    }
    const output = join(bench.dir, 'predicted')
    const predicted = await bench.call('export:predict', { projectId, runId, round: 2, input: join(bench.dir, 'line', 'photos'), output })
    expect(await bench.done(predicted.jobId)).toEqual({ path: output, photos: 8 })
    expect(readdirSync(output, { recursive: true }).filter((name) => String(name).endsWith('.png')).length).toBe(8)
  })

  it('goes on by itself when its trainer is killed, and says so', async () => {
    const { runId: second, jobId } = await bench.call('run:start', plan({ 'training.firstSteps': 60 }))
    await until(() => bench.events('progress').some(({ progress }) => progress.runId === second && progress.step === 'self-train' && progress.done > 5))
    trainers.at(-1)!.kill()
    expect(await bench.done(jobId)).toEqual({ runId: second })
    expect(bench.events('trainer:restarted')).toEqual([{ projectId, runId: second, round: 1 }])
    expect((await run(second)).state).toBe('finished')
  })

  it('pauses, resumes, and counts the hints it uses', async () => {
    const { ids } = await bench.call('images:find', { projectId, filter: { kind: 'photo' }, sort: 'name' })
    const [{ width, height }] = await bench.call('images:read', { projectId, ids: [ids[1]] })
    await bench.call('review:paint', { projectId, imageId: ids[1], width, height, runs: [1, 100, 255, width * height - 100] })
    const { runId: third, jobId } = await bench.call('run:start', plan({ 'training.firstSteps': 60 }, true))
    expect((await run(third)).hints).toEqual({ photos: 1, pixels: 100 })
    await until(() => bench.events('progress').some(({ progress }) => progress.runId === third && progress.step === 'self-train'))
    await bench.call('run:pause', { projectId, runId: third })
    await expect(bench.done(jobId)).rejects.toMatchObject({ data: { code: 'aborted' } })
    expect(await run(third)).toMatchObject({ state: 'paused', jobId: null, failure: null })
    const resumed = await bench.call('run:resume', { projectId, runId: third })
    expect(await bench.done(resumed.jobId)).toEqual({ runId: third })
    expect((await run(third)).state).toBe('finished')
  })

  it('ends for good when stopped', async () => {
    const { runId: fourth, jobId } = await bench.call('run:start', plan({ 'training.firstSteps': 60 }))
    await until(() => bench.events('progress').some(({ progress }) => progress.runId === fourth))
    await bench.call('run:stop', { projectId, runId: fourth })
    await expect(bench.done(jobId)).rejects.toMatchObject({ data: { code: 'aborted' } })
    expect((await run(fourth)).state).toBe('finished')
  })
})
