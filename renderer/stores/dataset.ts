import { defineStore } from 'pinia'
import { computed, ref, shallowRef, triggerRef, watch } from 'vue'
import type { ImageFilter, ImageRow } from '../../preload/contract/project-data.ts'
import { call, on } from '../api.ts'
import { emptyHistory, push, redo as redoStep, undo as undoStep, type History } from '../history.ts'
import { emptySelection, keep, type Selection } from '../selection.ts'
import { useApp } from './app.ts'
import { useProject } from './project.ts'

type Tags = string[] | null
/** One deed on pictures that can be taken back. */
type Deed =
  | { readonly kind: 'tag'; readonly before: readonly { ids: number[]; tags: Tags }[]; readonly after: readonly { ids: number[]; tags: Tags }[] }
  | { readonly kind: 'bin' | 'restore'; readonly ids: number[] }
  | { readonly kind: 'reject'; readonly ids: number[]; readonly rejected: boolean }

export const shown = ['photos', 'renders', 'both'] as const
export type Shown = (typeof shown)[number]

/** The same tags for many pictures become one change. */
export function grouped(changes: readonly { id: number; tags: Tags }[]): { ids: number[]; tags: Tags }[] {
  const groups = new Map<string, { ids: number[]; tags: Tags }>()
  for (const { id, tags } of changes) {
    const key = JSON.stringify(tags)
    const group = groups.get(key)
    if (group) group.ids.push(id)
    else groups.set(key, { ids: [id], tags })
  }
  return [...groups.values()]
}

/** The pictures of the project: what is shown, what is selected, tagging with undo. */
export const useDataset = defineStore('dataset', () => {
  const app = useApp()
  const project = useProject()
  const filter = ref<Omit<ImageFilter, 'kind'>>({})
  const show = ref<Shown>('photos')
  const photoIds = shallowRef<number[]>([])
  const renderIds = shallowRef<number[]>([])
  const loaded = ref(false)
  const rows = shallowRef(new Map<number, ImageRow>())
  const selection = ref<Selection>(emptySelection)
  const history = ref<History<Deed>>(emptyHistory)
  let wanted = new Set<number>()
  let later: ReturnType<typeof setTimeout> | undefined

  const ids = computed(() => (show.value === 'renders' ? renderIds.value : photoIds.value))
  const selected = computed(() => [...selection.value.ids].map((id) => rows.value.get(id)).filter((row) => row !== undefined))

  async function find(): Promise<void> {
    if (project.id === 0) return
    const projectId = project.id
    const query = (kind: 'photo' | 'render') => call('images:find', { projectId, filter: { ...filter.value, kind }, sort: 'name' })
    await app.attempt(async () => {
      const [photos, renders] = await Promise.all([query('photo'), query('render')])
      photoIds.value = photos.ids
      renderIds.value = renders.ids
      selection.value = keep(selection.value, ids.value)
      loaded.value = true
    })
  }
  /** Reads rows that are about to be seen, many at once. */
  function need(list: readonly number[]): void {
    const fresh = list.filter((id) => !rows.value.has(id) && !wanted.has(id))
    if (fresh.length === 0) return
    if (wanted.size === 0) queueMicrotask(fetchWanted)
    for (const id of fresh) wanted.add(id)
  }
  async function fetchWanted(): Promise<void> {
    const list = [...wanted]
    for (let at = 0; at < list.length; at += 500) await read(list.slice(at, at + 500))
    wanted = new Set()
  }
  async function read(list: number[]): Promise<void> {
    const found = await app.attempt(() => call('images:read', { projectId: project.id, ids: list }))
    for (const row of found ?? []) rows.value.set(row.id, row)
    triggerRef(rows)
  }
  async function readAll(list: readonly number[]): Promise<ImageRow[]> {
    const fresh = list.filter((id) => !rows.value.has(id))
    for (let at = 0; at < fresh.length; at += 500) await read(fresh.slice(at, at + 500))
    return list.map((id) => rows.value.get(id)).filter((row) => row !== undefined)
  }

  async function perform(deed: Deed, back: boolean): Promise<void> {
    const projectId = project.id
    if (deed.kind === 'tag') {
      const changes = back ? deed.before : deed.after
      for (const { ids: list, tags } of changes) for (const id of list) patch(id, { tags: tags ?? [], tagged: tags !== null })
      await call('images:tag', { projectId, changes: changes.map((change) => ({ ids: [...change.ids], tags: change.tags && [...change.tags] })) })
    } else if (deed.kind === 'reject') {
      for (const id of deed.ids) patch(id, { rejected: deed.rejected !== back })
      await call('images:reject', { projectId, ids: deed.ids, rejected: deed.rejected !== back })
    } else {
      await call((deed.kind === 'bin') !== back ? 'images:bin' : 'images:restore', { projectId, ids: deed.ids })
      for (const id of deed.ids) rows.value.delete(id)
      await find()
    }
    triggerRef(rows)
    await project.refresh('images')
  }
  function patch(id: number, part: Partial<ImageRow>): void {
    const row = rows.value.get(id)
    if (row) rows.value.set(id, { ...row, ...part })
  }
  async function act(deed: Deed): Promise<void> {
    history.value = push(history.value, deed)
    await app.saving(() => perform(deed, false))
  }
  async function undo(): Promise<void> {
    const step = undoStep(history.value)
    if (step === undefined) return
    history.value = step.history
    await app.saving(() => perform(step.step, true))
  }
  async function redo(): Promise<void> {
    const step = redoStep(history.value)
    if (step === undefined) return
    history.value = step.history
    await app.saving(() => perform(step.step, false))
  }

  /** Sets the tags of the selected photos, each by its present ones. */
  async function retag(change: (tags: Tags) => Tags): Promise<void> {
    const list = (await readAll([...selection.value.ids])).filter((row) => row.kind === 'photo')
    if (list.length === 0) return
    const now = (row: ImageRow): Tags => (row.tagged ? [...row.tags] : null)
    await act({
      kind: 'tag',
      before: grouped(list.map((row) => ({ id: row.id, tags: now(row) }))),
      after: grouped(list.map((row) => ({ id: row.id, tags: change(now(row)) }))),
    })
  }
  /** Adds a tag to all selected photos, or takes it away when all bear it. */
  async function toggleTag(name: string): Promise<void> {
    const list = await readAll([...selection.value.ids])
    const all = list.every((row) => row.tags.includes(name))
    await retag((tags) => (all ? (tags ?? []).filter((tag) => tag !== name) : [...new Set([...(tags ?? []), name])].sort()))
  }
  const bin = () => act({ kind: 'bin', ids: [...selection.value.ids] })
  const restore = () => act({ kind: 'restore', ids: [...selection.value.ids] })
  const reject = (rejected: boolean) => act({ kind: 'reject', ids: [...selection.value.ids], rejected })

  function forget(): void {
    rows.value = new Map()
    photoIds.value = []
    renderIds.value = []
    selection.value = emptySelection
    history.value = emptyHistory
    filter.value = {}
    loaded.value = false
  }
  function start(): void {
    on('project:changed', ({ projectId, what }) => {
      if (projectId !== project.id || (what !== 'images' && what !== 'workpieces')) return
      clearTimeout(later)
      later = setTimeout(refetch, 200)
    })
  }
  async function refetch(): Promise<void> {
    const known = [...rows.value.keys()].slice(-2000)
    await find()
    for (let at = 0; at < known.length; at += 500) await read(known.slice(at, at + 500))
  }
  watch(filter, find, { deep: true })
  watch(show, () => { selection.value = keep(selection.value, ids.value) })
  watch(() => project.id, () => {
    forget()
    void find()
  })

  return {
    filter, show, photoIds, renderIds, ids, loaded, rows, selection, selected, history,
    find, need, readAll, toggleTag, retag, bin, restore, reject, undo, redo, start, forget,
  }
})
