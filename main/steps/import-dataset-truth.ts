import type { ImportResult } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import { hashOf } from '../store/blobs.ts'
import type { ImageRow } from '../store/images.ts'
import type { Store } from '../store/index.ts'
import { openTruth } from '../store/truth.ts'
import { checkedLabels, openNotes, type Dataset, type DatasetPicture } from './datasets/dataset.ts'
import { classTable, isWorkpiece, translate } from './import-classes.ts'
import type { Decoder } from './import-decoder.ts'
import { readPicture, takeAll, topOf } from './import-folder.ts'
import type { ImportOptions, Taken } from './import-folder.ts'
import { issues as say } from './import-issues.ts'

/**
 * Step: the masks of a dataset made elsewhere -> truth, for evaluation alone. A photo is known by its bytes or by its name; one that is not in
 * the project comes in, tagged with what its mask shows. A class that is no workpiece of the project counts as background.
 */
export async function importDatasetTruth(store: Store, codec: Codec, dataset: Dataset, options: ImportOptions): Promise<ImportResult> {
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
    const drawn = checkedLabels(file, size, await file.labels({ size: sizeOf(size), decoder, note: notes.add }))
    for (const [index, name] of strangers) if (drawn.data.includes(index)) notes.add(say.unknownClass(name))
    const labels = translate(drawn, table, file.name)
    const maskSha = await store.blobs.keepLabels(labels)
    if (known) {
      if (truth.get(known.id) === maskSha) return 'duplicate'
      return { write: () => (truth.save(known.id, maskSha), true) }
    }
    await store.blobs.keep(bytes)
    const workpieceIds = store.workpieces.list().filter(({ classIndex }) => labels.data.includes(classIndex)).map(({ id }) => id)
    const row = { kind: 'photo', name: file.name, group: topOf(file.name), ...sizeOf(size), sha256, workpieceIds } as const
    return { write: () => store.images.take(row, (id) => truth.save(id, maskSha)) }
  }
  const result = await takeAll({ store, codec }, dataset.pictures, options, take)
  return { ...result, issues: [...dataset.issues, ...result.issues, ...notes.list()] }
}

const inUse = (row: ImageRow | null) => (row && row.removedAtMs === null ? row : undefined)
const stemOf = (name: string) => name.replace(/\.[^./]+$/, '')
const sizeOf = ({ width, height }: { width: number; height: number }) => ({ width, height })
