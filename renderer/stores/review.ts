import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ReviewItem, verdicts } from '../../preload/contract/run-data.ts'
import { assets, call, on } from '../api.ts'
import { NONE, runsOf, type Labels } from '../draw/labels.ts'
import { loadLabels } from '../draw/pictures.ts'
import { redoStroke, undoStroke, type Stroke } from '../draw/strokes.ts'
import { emptyHistory, push, redo as redoStep, undo as undoStep, type History } from '../history.ts'
import { useApp } from './app.ts'
import { useProject } from './project.ts'

export const tools = ['pan', 'brush', 'eraser', 'segment'] as const
export type Tool = (typeof tools)[number]
export const sorts = ['worst', 'estimate', 'uncertain', 'name'] as const
export type Sort = (typeof sorts)[number]
export const modes = ['photo', 'columns', 'changes'] as const
export type Mode = (typeof modes)[number]
export type Verdict = (typeof verdicts)[number]
type Round = number | 'crf'
type Deed = { readonly imageId: number; readonly stroke: Stroke } | { readonly imageId: number; readonly from: Verdict; readonly to: Verdict }

/** Looking at the masks of a round: which photo, what is shown over it, verdicts and painted hints with undo. */
export const useReview = defineStore('review', () => {
  const app = useApp()
  const project = useProject()
  const runId = ref(0)
  const round = ref<Round>(0)
  const sort = ref<Sort>('worst')
  const items = shallowRef<ReviewItem[]>([])
  const index = ref(0)
  const mode = ref<Mode>('photo')
  const overlay = ref(true)
  const opacity = ref(0.45)
  const tool = ref<Tool>('pan')
  /** Class index that is painted; 0 paints background. */
  const label = ref(1)
  const brush = ref(12)
  /** Hints of the photo `hintsOf`; undefined until they are there. */
  const hints = shallowRef<Labels>()
  const hintsOf = ref(0)
  const hintVersion = ref(0)
  const totals = ref({ photos: 0, pixels: 0 })
  const history = ref<History<Deed>>(emptyHistory)
  const loaded = ref(false)
  const painted = new Map<number, Labels>()

  const run = computed(() => project.runs.find((r) => r.id === runId.value))
  const rounds = computed<Round[]>(() => [...(run.value?.rounds.map((r) => r.round) ?? []), ...(run.value?.crf ? ['crf' as const] : [])])
  const item = computed<ReviewItem | undefined>(() => items.value[index.value])
  /** The round that came before the shown one. */
  const before = computed(() => {
    const at = rounds.value.indexOf(round.value)
    return at > 0 ? rounds.value[at - 1] : undefined
  })
  const maskAddress = (of: Round, imageId: number) => assets.mask(project.id, runId.value, of, imageId)

  async function read(): Promise<void> {
    if (run.value === undefined) return
    const imageId = item.value?.imageId
    const asked = { projectId: project.id, runId: runId.value, round: round.value, sort: sort.value }
    const found = await app.attempt(() => call('review:list', asked))
    if (found === undefined || asked.round !== round.value || asked.sort !== sort.value) return
    items.value = found
    const again = found.findIndex((entry) => entry.imageId === imageId)
    index.value = Math.max(0, again)
    loaded.value = true
  }
  async function readTotals(): Promise<void> {
    totals.value = await app.attempt(() => call('review:hints', { projectId: project.id })) ?? totals.value
  }
  /** Chooses a run, at its last round. */
  async function choose(id: number): Promise<void> {
    runId.value = id
    round.value = run.value?.rounds.at(-1)?.round ?? 0
    await read()
  }
  async function enter(imageId?: number): Promise<void> {
    if (run.value === undefined || !project.reviewable.includes(run.value)) {
      if (project.reviewable[0]) await choose(project.reviewable[0].id)
    } else await read()
    await readTotals()
    if (imageId !== undefined) show(imageId)
  }
  function show(imageId: number): void {
    const at = items.value.findIndex((entry) => entry.imageId === imageId)
    if (at >= 0) index.value = at
  }
  function step(by: number): void {
    index.value = Math.min(Math.max(0, items.value.length - 1), Math.max(0, index.value + by))
  }
  function stepRound(by: number): void {
    const at = rounds.value.indexOf(round.value) + by
    if (at >= 0 && at < rounds.value.length) round.value = rounds.value[at]
  }

  function patch(imageId: number, part: Partial<ReviewItem>): void {
    items.value = items.value.map((entry) => (entry.imageId === imageId ? { ...entry, ...part } : entry))
  }
  async function setVerdict(imageId: number, verdict: Verdict): Promise<void> {
    patch(imageId, { verdict })
    await app.saving(() => call('review:judge', { projectId: project.id, imageIds: [imageId], verdict }))
  }
  /** Accepts or rejects the photo, or takes that back when it is said twice; then the next one. */
  async function judge(verdict: Verdict): Promise<void> {
    const { value } = item
    if (value === undefined) return
    const to = value.verdict === verdict ? 'open' : verdict
    history.value = push(history.value, { imageId: value.imageId, from: value.verdict, to })
    const saved = setVerdict(value.imageId, to)
    if (to !== 'open') step(1)
    await saved
  }

  /** The hints of the photo in sight, empty ones when there are none. */
  async function openHints(width: number, height: number): Promise<void> {
    const { value } = item
    if (value === undefined) return
    let found = painted.get(value.imageId)
    if (found === undefined && value.hintPixels > 0) {
      found = await loadLabels(assets.hints(project.id, value.imageId)).then((l) => ({ ...l, data: l.data.slice() })).catch(() => undefined)
    }
    if (found?.width !== width || found.height !== height) found = { width, height, data: new Uint8Array(width * height).fill(NONE) }
    painted.set(value.imageId, found)
    if (item.value?.imageId !== value.imageId) return
    hints.value = found
    hintsOf.value = value.imageId
    hintVersion.value++
  }
  async function save(imageId: number): Promise<void> {
    const labels = painted.get(imageId)
    if (labels === undefined) return
    hintVersion.value++
    const { width, height, data } = labels
    const saved = await app.saving(() => call('review:paint', { projectId: project.id, imageId, width, height, runs: runsOf(data) }))
    if (saved) patch(imageId, { hintPixels: saved.pixels })
    await readTotals()
  }
  async function addStroke(stroke: Stroke | undefined): Promise<void> {
    const { value } = item
    if (stroke === undefined || value === undefined) return
    history.value = push(history.value, { imageId: value.imageId, stroke })
    await save(value.imageId)
  }
  async function perform(deed: Deed, back: boolean): Promise<void> {
    show(deed.imageId)
    if ('to' in deed) return setVerdict(deed.imageId, back ? deed.from : deed.to)
    const labels = painted.get(deed.imageId)
    if (labels === undefined) return
    if (back) undoStroke(labels, deed.stroke)
    else redoStroke(labels, deed.stroke)
    await save(deed.imageId)
  }
  async function undo(): Promise<void> {
    const result = undoStep(history.value)
    if (result === undefined) return
    history.value = result.history
    await perform(result.step, true)
  }
  async function redo(): Promise<void> {
    const result = redoStep(history.value)
    if (result === undefined) return
    history.value = result.history
    await perform(result.step, false)
  }

  function start(): void {
    on('round:done', ({ projectId, runId: id }) => {
      if (projectId === project.id && id === runId.value && app.place !== 'review') void project.refresh('runs').then(() => choose(id))
    })
  }
  watch([round, sort], read)
  watch(() => project.id, () => {
    runId.value = 0
    items.value = []
    index.value = 0
    history.value = emptyHistory
    painted.clear()
    hints.value = undefined
    loaded.value = false
  })

  return {
    runId, round, sort, items, index, mode, overlay, opacity, tool, label, brush, hints, hintsOf, hintVersion, totals, history, loaded,
    run, rounds, item, before, maskAddress, read, readTotals, choose, enter, show, step, stepRound, judge, openHints, addStroke, undo, redo, start,
  }
})
