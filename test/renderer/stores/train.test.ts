// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { presets } from '../../../preload/contract/settings.ts'
import { foldedSettings, mainSettings } from '../../../renderer/stores/train.ts'
import { openProject, settle } from './setup.ts'

describe('the plan of a run', () => {
  it('holds what differs from the preset, and only that', async () => {
    const { train } = await openProject()
    train.set('run.rounds', 7)
    train.set('predict.scales', [1, 2])
    expect(train.plan.overrides).toEqual({ 'run.rounds': 7, 'predict.scales': [1, 2] })
    train.set('predict.scales', [...presets.maskwright['predict.scales']])
    train.reset('run.rounds')
    expect(train.plan.overrides).toEqual({})
    train.set('run.rounds', 9)
    train.choosePreset('paper')
    expect(train.valueOf('run.rounds')).toBe(presets.paper['run.rounds'])
    expect(train.plan).toMatchObject({ preset: 'paper', overrides: {}, useHints: false, device: 'auto' })
  })
  it('shows every setting once: the main ones or folded', () => {
    const folded = ['run', 'training', 'refine'].flatMap(foldedSettings)
    expect(folded).toContain('run.seed')
    expect(folded.filter((name) => mainSettings.includes(name))).toEqual([])
  })
  it('is estimated before the start', async () => {
    const { train } = await openProject()
    await train.enter()
    expect(train.estimate?.steps).toHaveLength(6)
    expect(train.livePhotos).toHaveLength(6)
    expect(new Set(train.livePhotos).size).toBe(6)
  })
})

describe('the run at work', () => {
  it('starts, pauses, resumes and stops by one button and a stop', async () => {
    const { train, project, fake } = await openProject()
    expect(train.state).toBe('ready')
    await train.press()
    expect([train.state, project.current?.id]).toEqual(['running', 3])
    await train.press()
    expect(train.state).toBe('paused')
    await train.press()
    expect(train.state).toBe('running')
    await train.stop()
    expect(train.state).toBe('ready')
    expect(fake.asked.map(({ name }) => name).filter((name) => name.startsWith('run:') && !['run:list', 'run:estimate', 'run:curves'].includes(name)))
      .toEqual(['run:start', 'run:pause', 'run:resume', 'run:stop'])
  })
  it('tells step, round, rate and time left', async () => {
    const { train, fake } = await openProject({ running: true })
    await train.enter()
    fake.beat(1_000_000)
    fake.beat(1_002_000)
    fake.beat(1_004_000)
    await settle()
    expect(train.job?.rate).toBeCloseTo(0.5)
    expect(train.job?.secondsLeft).toBeCloseTo((400 - 103) / 0.5)
    expect(train.secondsLeft).toBeCloseTo((400 - 103) / 0.5 + 70)
    expect(train.steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'working', 'waiting'])
    expect([train.round, train.rounds]).toEqual([3, 3])
  })
  it('says that the trainer went on by itself', async () => {
    const { train, fake } = await openProject({ running: true })
    fake.emit('trainer:restarted', { projectId: 1, runId: 2, round: 2 })
    expect(train.restarted).toBe(true)
  })
  it('says what is missing', async () => {
    const { project } = await openProject({ empty: true })
    expect(project.missing).toEqual(['workpieces', 'renders', 'photos'])
    expect(project.reviewable).toEqual([])
  })
})

describe('what the main side notes', () => {
  it('a run with a job at it works, even when its note still says paused', async () => {
    const { project, train, fake } = await openProject({ running: true })
    fake.runs[0] = { ...fake.runs[0], state: 'paused' }
    await project.refresh('runs')
    expect(train.state).toBe('running')
    fake.runs[0] = { ...fake.runs[0], jobId: null }
    await project.refresh('runs')
    expect(train.state).toBe('paused')
  })
  it('until a pause is reached, the button says that it is on the way', async () => {
    const { project, train, fake } = await openProject({ running: true })
    const real = fake.call
    Object.assign(fake, { call: async (name: 'run:pause', input: never) => (name === 'run:pause' ? { ok: true, value: {} } : real(name, input)) })
    await train.press()
    expect([train.state, train.ending]).toEqual(['running', true])
    fake.runs[0] = { ...fake.runs[0], state: 'paused', jobId: null }
    await project.refresh('runs')
    await settle()
    expect([train.state, train.ending]).toEqual(['paused', false])
  })
})
