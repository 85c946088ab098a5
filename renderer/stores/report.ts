import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { Report, Series } from '../../preload/contract/run-data.ts'
import { call } from '../api.ts'
import { useApp } from './app.ts'
import { useProject } from './project.ts'

/** The report of a run, and of another one beside it. */
export const useReport = defineStore('report', () => {
  const app = useApp()
  const project = useProject()
  const runId = ref(0)
  const otherId = ref(0)
  const report = ref<Report>()
  const other = ref<Report>()
  const series = ref<Series[]>([])

  const readOne = (id: number) => app.attempt(() => call('report:read', { projectId: project.id, runId: id }))
  async function read(): Promise<void> {
    if (runId.value === 0) return
    const [found, curves] = await Promise.all([
      readOne(runId.value), app.attempt(() => call('run:curves', { projectId: project.id, runId: runId.value })),
    ])
    report.value = found
    series.value = curves ?? []
  }
  async function enter(): Promise<void> {
    if (!project.reviewable.some((run) => run.id === runId.value)) runId.value = project.reviewable[0]?.id ?? 0
    else await read()
  }
  watch(runId, read)
  watch(otherId, async (id) => { other.value = id === 0 ? undefined : await readOne(id) })
  watch(() => project.id, () => {
    runId.value = 0
    otherId.value = 0
    report.value = undefined
    series.value = []
  })
  return { runId, otherId, report, other, series, read, enter }
})
