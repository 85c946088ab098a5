import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { EventData } from '../../preload/contract/api.ts'
import type { ImageCounts, Project, RecentProject } from '../../preload/contract/project-data.ts'
import type { RunRecord } from '../../preload/contract/run-data.ts'
import type { Workpiece } from '../../preload/contract/model.ts'
import { call, on } from '../api.ts'
import { useApp } from './app.ts'
import { useJobs } from './jobs.ts'

const noCounts: ImageCounts = { photos: 0, renders: 0, untagged: 0, background: 0, truth: 0, rejected: 0, binned: 0, issues: 0, duplicates: 0 }

/** The open project: its workpieces, counts and runs; and the projects opened before. */
export const useProject = defineStore('project', () => {
  const app = useApp()
  const jobs = useJobs()
  const project = ref<Project>()
  const recent = ref<RecentProject[]>()
  const workpieces = ref<Workpiece[]>([])
  const counts = ref<ImageCounts>(noCounts)
  const runs = ref<RunRecord[]>([])

  const id = computed(() => project.value?.projectId ?? 0)
  const byName = computed(() => new Map(workpieces.value.map((workpiece) => [workpiece.name, workpiece])))
  const byIndex = computed(() => new Map(workpieces.value.map((workpiece) => [workpiece.classIndex, workpiece])))
  const current = computed(() => runs.value.find((run) => run.state === 'running' || run.state === 'paused'))
  /** Runs with a finished round, newest first. */
  const reviewable = computed(() => runs.value.filter((run) => run.rounds.length > 0))
  const tagged = computed(() => counts.value.photos - counts.value.untagged)
  /** What training still wants; empty when it can start. */
  const missing = computed(() => [
    ...(workpieces.value.length === 0 ? ['workpieces'] as const : []),
    ...(counts.value.renders === 0 ? ['renders'] as const : []),
    ...(counts.value.photos === 0 ? ['photos'] as const : []),
    ...(counts.value.photos > 0 && tagged.value === 0 ? ['tags'] as const : []),
  ])

  const read = {
    images: async () => { counts.value = await call('images:counts', { projectId: id.value }) },
    workpieces: async () => { workpieces.value = await call('workpieces:list', { projectId: id.value }) },
    runs: async () => {
      const found = await call('run:list', { projectId: id.value })
      // A run that a job is at works, whatever its last note says.
      runs.value = found.map((run) => (run.jobId !== null && run.state === 'paused' ? { ...run, state: 'running' } : run))
    },
  }
  async function refresh(what: EventData<'project:changed'>['what'] | 'all'): Promise<void> {
    if (project.value === undefined) return
    await app.attempt(async () => {
      if (what === 'runs' || what === 'all') await read.runs()
      if (what !== 'runs' && what !== 'review') await Promise.all([read.images(), read.workpieces()])
    })
  }

  async function readRecent(): Promise<void> {
    recent.value = await app.attempt(() => call('project:recent', {})) ?? []
  }
  async function enter(opened: Project | undefined): Promise<void> {
    if (opened === undefined) return
    if (project.value && project.value.projectId !== opened.projectId) await leave()
    project.value = opened
    await Promise.all([refresh('all'), app.attempt(jobs.read)])
    app.place = current.value ? 'train' : 'dataset'
  }
  async function leave(): Promise<void> {
    if (project.value) await app.attempt(() => call('project:close', { projectId: id.value }))
    project.value = undefined
    workpieces.value = []
    counts.value = noCounts
    runs.value = []
  }
  const open = async (path: string) => enter(await app.attempt(() => call('project:open', { path })))
  /** Makes the sample project and opens it. */
  async function openSample(): Promise<void> {
    const result = await app.attempt(() => jobs.run('project:sample', {})) as { path: string } | undefined
    if (result) await open(result.path)
  }
  async function addWorkpiece(name: string): Promise<void> {
    await call('workpieces:add', { projectId: id.value, name })
    await refresh('workpieces')
  }
  function start(): void {
    on('project:changed', ({ projectId, what }) => void (projectId === id.value && refresh(what)))
    on('round:done', ({ projectId }) => void (projectId === id.value && refresh('runs')))
    on('job:done', ({ projectId }) => void (projectId === id.value && refresh('runs')))
    on('project:requested', ({ path }) => void open(path))
  }

  return {
    project, recent, workpieces, counts, runs, id, byName, byIndex, current, reviewable, tagged, missing,
    refresh, readRecent, enter, leave, open, openSample, addWorkpiece, start,
  }
})
