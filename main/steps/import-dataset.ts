import type { ImportResult } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import { IGNORE } from '../core/image/types.ts'
import { hashOf } from '../store/blobs.ts'
import type { Store } from '../store/index.ts'
import { checkedLabels, openNotes, type Dataset, type DatasetFormat, type DatasetPicture } from './datasets/dataset.ts'
import { formatOf, readDataset } from './datasets/read.ts'
import { classTable, isWorkpiece, translate, valuesOf } from './import-classes.ts'
import type { Decoder } from './import-decoder.ts'
import { readPicture, takeAll, topOf } from './import-folder.ts'
import type { ImportOptions, Taken } from './import-folder.ts'
import { IssueError, issues as say } from './import-issues.ts'
import { importDatasetTruth } from './import-dataset-truth.ts'
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
    const drawn = checkedLabels(file, size, await file.labels({ size, decoder, note: notes.add }))
    const shown = new Set(valuesOf(drawn.data))
    const found = [...dataset.classes].filter(([index, name]) => shown.has(index) && isWorkpiece(name)).map(([index, name]) => ({ index, ...store.workpieces.ensure(name) }))
    if (found.length === 0) throw new IssueError(say.maskEmpty(file.name))
    const classIndexOf = new Map(found.map(({ name, classIndex }) => [name, classIndex]))
    const labels = translate(drawn, classTable(dataset.classes, (name) => classIndexOf.get(name) ?? IGNORE), file.name)
    const [maskSha] = await Promise.all([store.blobs.keepLabels(labels), store.blobs.keep(bytes)])
    const row = { kind: 'render', name: file.name, group: topOf(file.name), ...sizeOf(size), sha256, workpieceIds: found.map(({ id }) => id) } as const
    return { write: () => store.images.take(row, (id) => store.masks.save(id, maskSha)) }
  }
  const result = await takeAll({ store, codec }, dataset.pictures, options, take)
  return { ...result, issues: [...dataset.issues, ...result.issues, ...notes.list()] }
}

const sizeOf = ({ width, height }: { width: number; height: number }) => ({ width, height })
