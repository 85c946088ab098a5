import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'
import { pictureSides, type ExportCard, type Looks, type precisions } from '../../preload/contract/run-data.ts'
import { call } from '../api.ts'
import { useApp } from './app.ts'
import { useJobs } from './jobs.ts'
import { useProject } from './project.ts'

export type Precision = (typeof precisions)[number]
export const { smallest: smallestSide, largest: largestSide } = pictureSides

/** The bundles of a round: what they weigh, how fast, how faithful; and masks of other photos. */
export const useExport = defineStore('export', () => {
  const app = useApp()
  const project = useProject()
  const jobs = useJobs()
  const runId = ref(0)
  const round = ref(0)
  const cards = ref<ExportCard[]>([])
  const making = ref(new Set<Precision>())
  const looks = ref<Looks>('all')
  const batch = ref<number | 'dynamic'>(1)
  const sizing = ref<'dynamic' | 'fixed'>('dynamic')
  const sides = reactive({ width: 640, height: 480 })
  const fits = (side: unknown) => Number.isInteger(side) && (side as number) >= smallestSide && (side as number) <= largestSide
  /** The form of the next model; null where it is not a size. */
  const form = computed(() => {
    if (sizing.value === 'dynamic') return { looks: looks.value, batch: batch.value, size: 'dynamic' as const }
    return fits(sides.width) && fits(sides.height) ? { looks: looks.value, batch: batch.value, size: { ...sides } } : null
  })
  const predicting = ref(false)
  const predicted = ref<{ path: string; photos: number }>()

  const place = () => ({ projectId: project.id, runId: runId.value, round: round.value })
  async function read(): Promise<void> {
    if (runId.value === 0) return
    cards.value = await app.attempt(() => call('export:list', place())) ?? []
  }
  function choose(id: number): void {
    runId.value = id
    round.value = project.runs.find((run) => run.id === id)?.rounds.at(-1)?.round ?? 0
  }
  async function enter(): Promise<void> {
    if (!project.reviewable.some((run) => run.id === runId.value)) choose(project.reviewable[0]?.id ?? 0)
    await read()
  }
  async function make(precision: Precision, folder: string): Promise<void> {
    const wanted = form.value
    if (!wanted) return
    making.value.add(precision)
    await app.attempt(() => jobs.run('export:make', { ...place(), ...wanted, precision, folder }))
    making.value.delete(precision)
    await read()
  }
  async function predict(input: string, output: string): Promise<void> {
    predicting.value = true
    predicted.value = await app.attempt(() => jobs.run('export:predict', { ...place(), input, output })) as typeof predicted.value
    predicting.value = false
  }
  watch([runId, round], read)
  watch(() => project.id, () => {
    runId.value = 0
    cards.value = []
    predicted.value = undefined
  })
  return { runId, round, cards, making, looks, batch, sizing, sides, fits, form, predicting, predicted, choose, enter, make, predict }
})
