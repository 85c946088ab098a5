import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import type { Estimate, RunPlan, Series } from '../../preload/contract/run-data.ts'
import { stepNames, type Progress, type StepName } from '../../preload/contract/model.ts'
import { definitions, presets, type PresetName, type SettingName, type Settings } from '../../preload/contract/settings.ts'
import { call, on } from '../api.ts'
import { texts } from '../texts/index.ts'
import { useApp } from './app.ts'
import { useJobs } from './jobs.ts'
import { useProject } from './project.ts'

/** The settings that matter most; all others are folded away. */
export const mainSettings: readonly SettingName[] = ['run.rounds', 'network.backbone', 'training.size', 'training.steps', 'initial.share', 'refine.ratio']

export interface StepView {
  readonly step: StepName
  readonly state: 'waiting' | 'working' | 'done'
  readonly progress: Progress | null
  readonly seconds: number | null
}

/** Training: the plan of the next run, and the run at work. */
export const useTrain = defineStore('train', () => {
  const app = useApp()
  const project = useProject()
  const jobs = useJobs()
  const preset = ref<PresetName>('maskwright')
  const overrides = ref<Partial<Record<SettingName, Settings[SettingName]>>>({})
  const useHints = ref(false)
  const estimate = ref<Estimate>()
  const series = ref<Series[]>([])
  const livePhotos = ref<number[]>([])
  const restarted = ref(false)
  const busy = ref(false)
  /** Told to pause or stop, and not yet at a safe point. */
  const ending = ref(false)
  const shownRunId = ref<number>()
  let readAtMs = 0

  const plan = computed<RunPlan>(() => ({
    projectId: project.id, preset: preset.value, overrides: { ...overrides.value } as RunPlan['overrides'],
    device: app.settings.device, useHints: useHints.value,
  }))
  const valueOf = (name: SettingName) => overrides.value[name] ?? presets[preset.value][name]
  const changed = computed(() => Object.keys(overrides.value).length)
  /** The run at work, else the one chosen, else the last. */
  const run = computed(() => project.current ?? project.runs.find((r) => r.id === shownRunId.value) ?? project.runs[0])
  const job = computed(() => jobs.list.find((j) => run.value !== undefined && (j.jobId === run.value.jobId || j.progress?.runId === run.value.id)))
  const state = computed(() => (project.current === undefined ? 'ready' : project.current.state === 'paused' ? 'paused' : 'running'))

  const steps = computed<StepView[]>(() => {
    const at = stepNames.indexOf(job.value?.progress?.step as StepName)
    const finished = run.value?.state === 'finished'
    return stepNames.map((step, i) => ({
      step,
      state: finished && !project.current ? 'done' : i < at ? 'done' : i === at ? 'working' : 'waiting',
      progress: i === at ? job.value?.progress ?? null : null,
      seconds: estimate.value?.steps.find((s) => s.step === step)?.seconds ?? null,
    }))
  })
  /** Rounds there will be, and the one being made. */
  const rounds = computed(() => Number(project.current?.settings['run.rounds'] ?? valueOf('run.rounds')))
  const round = computed(() => job.value?.progress?.round ?? run.value?.rounds.at(-1)?.round ?? 0)
  /** Of the whole run: the rest of this step, and its share of what the estimate says of the following ones. */
  const secondsLeft = computed(() => {
    const progress = job.value?.progress
    if (!progress || job.value?.secondsLeft === null || job.value?.secondsLeft === undefined) return null
    const at = stepNames.indexOf(progress.step as StepName)
    const later = estimate.value?.steps.filter((s) => stepNames.indexOf(s.step) > at).reduce((sum, s) => sum + s.seconds, 0) ?? 0
    const ownEstimate = estimate.value?.steps.find((s) => s.step === progress.step)?.seconds ?? 0
    const roundsAfter = progress.step === 'self-train' ? Math.max(0, rounds.value - round.value) : 0
    return job.value.secondsLeft + later + ownEstimate * roundsAfter / Math.max(1, rounds.value)
  })

  function choosePreset(name: PresetName): void {
    preset.value = name
    overrides.value = {}
  }
  function set(name: SettingName, value: Settings[SettingName]): void {
    const next = { ...overrides.value, [name]: value }
    if (JSON.stringify(presets[preset.value][name]) === JSON.stringify(value)) delete next[name]
    overrides.value = next
  }
  function reset(name: SettingName): void {
    set(name, presets[preset.value][name])
  }

  async function readEstimate(): Promise<void> {
    if (project.id === 0 || project.missing.length > 0) return
    try {
      estimate.value = await call('run:estimate', plan.value)
    } catch {
      estimate.value = undefined
    }
  }
  async function readCurves(): Promise<void> {
    readAtMs = Date.now()
    const runId = run.value?.id
    series.value = runId === undefined ? [] : await app.attempt(() => call('run:curves', { projectId: project.id, runId })) ?? series.value
  }
  /** Six photos spread over those that train. */
  async function readPhotos(): Promise<void> {
    const projectId = project.id
    await app.attempt(async () => {
      const { ids } = await call('images:find', { projectId, filter: { kind: 'photo' }, sort: 'name' })
      const some = await call('images:read', { projectId, ids: spread(ids, 240) })
      const training = some.filter((row) => row.tags.length > 0 && !row.hasTruth && !row.rejected)
      livePhotos.value = spread(training.length >= 6 ? training : some, 6).map((row) => row.id)
    })
  }

  async function press(): Promise<void> {
    if (busy.value) return
    busy.value = true
    await app.attempt(async () => {
      const projectId = project.id
      if (project.current === undefined) {
        const { jobId } = await call('run:start', plan.value)
        watchJob(jobId, 'run:start')
        series.value = []
      } else if (project.current.state === 'running') {
        await call('run:pause', { projectId, runId: project.current.id })
        ending.value = true
      }
      else await resume(project.current.id)
      await project.refresh('runs')
    })
    busy.value = false
  }
  async function resume(runId: number): Promise<void> {
    const { jobId } = await call('run:resume', { projectId: project.id, runId })
    watchJob(jobId, 'run:resume')
  }
  function watchJob(jobId: number, name: string): void {
    void jobs.finish(jobId, name, project.id).catch(app.tellError).then(async () => {
      await Promise.all([project.refresh('runs'), readCurves()])
      const done = project.current === undefined ? project.runs[0] : undefined
      if (done?.state === 'finished') app.tell({ kind: 'done', text: texts.t('train.finished'), action: { label: texts.t('places.report'), run: () => { app.place = 'report' } } })
    })
  }
  async function stop(): Promise<void> {
    const current = project.current
    if (current === undefined) return
    ending.value = current.state === 'running'
    await app.attempt(() => call('run:stop', { projectId: project.id, runId: current.id }))
    await project.refresh('runs')
  }

  async function enter(): Promise<void> {
    await Promise.all([readEstimate(), readCurves(), readPhotos()])
  }
  function start(): void {
    on('round:done', ({ projectId }) => void (projectId === project.id && readCurves()))
    on('progress', ({ projectId }) => void (projectId === project.id && Date.now() - readAtMs > 4000 && readCurves()))
    on('trainer:restarted', ({ projectId }) => {
      if (projectId === project.id) restarted.value = true
    })
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(plan, () => {
    clearTimeout(timer)
    timer = setTimeout(readEstimate, 250)
  })
  watch(() => run.value?.id, readCurves)
  watch(() => project.current?.state, (now) => { if (now !== 'running') ending.value = false })
  watch(() => project.id, () => {
    estimate.value = undefined
    series.value = []
    overrides.value = {}
    restarted.value = false
  })

  return {
    preset, overrides, useHints, estimate, series, livePhotos, restarted, busy, ending, shownRunId, plan, changed, run, job, state, steps, rounds, round,
    secondsLeft, valueOf, choosePreset, set, reset, press, stop, resume, enter, start, readPhotos, readCurves,
  }
})

/** Some of a list, evenly spread over it. */
export function spread<T>(list: readonly T[], count: number): T[] {
  const n = Math.min(count, list.length)
  return Array.from({ length: n }, (_, i) => list[Math.floor((i + 0.5) * list.length / n)])
}

/** Names of the folded settings by group, main ones left out. */
export function foldedSettings(group: string): SettingName[] {
  return (Object.keys(definitions) as SettingName[]).filter((name) => definitions[name].group === group && !mainSettings.includes(name))
}
