import type { ImportIssue, ImportResult } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import { IGNORE, type LabelMap } from '../core/image/types.ts'
import { hashOf } from '../store/blobs.ts'
import type { ImageRow } from '../store/images.ts'
import type { Store } from '../store/index.ts'
import { openTruth } from '../store/truth.ts'
import type { Dataset, DatasetFormat, DatasetPicture } from './datasets/dataset.ts'
import { formatOf, readDataset } from './datasets/read.ts'
import { classTable, isWorkpiece, translate } from './import-classes.ts'
import type { Decoder } from './import-decoder.ts'
import { readPicture, takeAll, topOf } from './import-folder.ts'
import type { ImportOptions, Taken } from './import-folder.ts'
import { IssueError, issues as say } from './import-issues.ts'
import { importRenders } from './import-renders.ts'
import { importTruth, type TruthOptions } from './import-truth.ts'

export interface LabelledOptions extends TruthOptions {
  /** `auto` tells the form by the shape of the folder; `index` is Maskwright's own, pictures with masks of class indices. */
  readonly format?: DatasetFormat | 'auto' | 'index'
}

/**
 * Imports a folder of labelled pictures, whoever wrote it, as renders or as truth.
 * @throws AppError dataset-unreadable, and as importRenders and importTruth do.
 */
export async function importLabelled(store: Store, codec: Codec, kind: 'renders' | 'truth', dir: string, options: LabelledOptions = {}): Promise<ImportResult> {
  const format = (options.format ?? 'auto') === 'auto' ? await formatOf(dir) : options.format
  if (format === undefined || format === 'auto' || format === 'index') return (kind === 'renders' ? importRenders : importTruth)(store, codec, dir, options)
  const dataset = await readDataset(dir, format)
  return (kind === 'renders' ? importDatasetRenders : importDatasetTruth)(store, codec, dataset, options)
}

/**
 * Step: the pictures of a dataset made elsewhere -> renders with exact masks. What is already in is skipped; classes become workpieces when
 * the first picture shows them.
 */
async function importDatasetRenders(store: Store, codec: Codec, dataset: Dataset, options: ImportOptions): Promise<ImportResult> {
  const notes = openNotes()
  const take = async (file: DatasetPicture, decoder: Decoder): Promise<Taken> => {
    const bytes = await readPicture(file)
    const sha256 = hashOf(bytes)
    if (store.images.findBySha('render', sha256)?.removedAtMs === null) return 'duplicate'
    const size = await decoder.picture(file.name, bytes)
    const drawn = checked(file, size, await file.labels({ size, decoder, note: notes.add }))
    const shown = new Set(drawn.data)
    const found = [...dataset.classes].filter(([index, name]) => shown.has(index) && isWorkpiece(name)).map(([index, name]) => ({ index, ...store.workpieces.ensure(name) }))
    if (found.length === 0) throw new IssueError(say.maskEmpty(file.name))
    const classIndexOf = new Map(found.map(({ name, classIndex }) => [name, classIndex]))
    const labels = translate(drawn, classTable(dataset.classes, (name) => classIndexOf.get(name) ?? IGNORE), file.name)
    store.blobs.put(bytes)
    const maskSha = store.blobs.putLabels(labels)
    const row = { kind: 'render', name: file.name, group: topOf(file.name), ...sizeOf(size), sha256, workpieceIds: found.map(({ id }) => id) } as const
    return { write: () => store.images.take(row, (id) => store.masks.save(id, maskSha)) }
  }
  const result = await takeAll({ store, codec }, dataset.pictures, options, take)
  return { ...result, issues: [...dataset.issues, ...result.issues, ...notes.list()] }
}

/**
 * Step: the masks of a dataset made elsewhere -> truth, for evaluation alone. A photo is known by its bytes or by its name; one that is not in
 * the project comes in, tagged with what its mask shows. A class that is no workpiece of the project counts as background.
 */
async function importDatasetTruth(store: Store, codec: Codec, dataset: Dataset, options: ImportOptions): Promise<ImportResult> {
  const notes = openNotes()
  const truth = openTruth(store)
  const byName = new Map(store.images.list({ kind: 'photo' }).map((row) => [stemOf(row.name), row]))
  const table = classTable(dataset.classes, (name) => store.workpieces.find(name)?.classIndex ?? 0)
  const strangers = [...dataset.classes].filter(([, name]) => isWorkpiece(name) && store.workpieces.find(name) === null)
  const take = async (file: DatasetPicture, decoder: Decoder): Promise<Taken> => {
    const bytes = await readPicture(file)
    const sha256 = hashOf(bytes)
    const known = inUse(store.images.findBySha('photo', sha256)) ?? byName.get(stemOf(file.name))
    const size = known ?? (await decoder.picture(file.name, bytes))
    const drawn = checked(file, size, await file.labels({ size: sizeOf(size), decoder, note: notes.add }))
    for (const [index, name] of strangers) if (drawn.data.includes(index)) notes.add(say.unknownClass(name))
    const labels = translate(drawn, table, file.name)
    const maskSha = store.blobs.putLabels(labels)
    if (known) {
      if (truth.get(known.id) === maskSha) return 'duplicate'
      return { write: () => (truth.save(known.id, maskSha), true) }
    }
    store.blobs.put(bytes)
    const workpieceIds = store.workpieces.list().filter(({ classIndex }) => labels.data.includes(classIndex)).map(({ id }) => id)
    const row = { kind: 'photo', name: file.name, group: topOf(file.name), ...sizeOf(size), sha256, workpieceIds } as const
    return { write: () => store.images.take(row, (id) => truth.save(id, maskSha)) }
  }
  const result = await takeAll({ store, codec }, dataset.pictures, options, take)
  return { ...result, issues: [...dataset.issues, ...result.issues, ...notes.list()] }
}

function checked(file: DatasetPicture, size: { width: number; height: number }, labels: LabelMap): LabelMap {
  if (labels.width === size.width && labels.height === size.height) return labels
  throw new IssueError(say.maskSize(file.name, `${labels.width} x ${labels.height}`, `${size.width} x ${size.height}`))
}

/** Says the same thing of the same file once. */
function openNotes() {
  const notes = new Map<string, ImportIssue>()
  return { add: (issue: ImportIssue) => void notes.set(`${issue.file}\n${issue.message}`, issue), list: () => [...notes.values()] }
}

const inUse = (row: ImageRow | null) => (row && row.removedAtMs === null ? row : undefined)
const stemOf = (name: string) => name.replace(/\.[^./]+$/, '')
const sizeOf = ({ width, height }: { width: number; height: number }) => ({ width, height })
