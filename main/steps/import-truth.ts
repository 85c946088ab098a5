import { dirname, join, resolve } from 'node:path'
import { AppError } from '../../preload/contract/error.ts'
import type { ImportResult } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import type { ImageRow } from '../store/images.ts'
import type { Store } from '../store/index.ts'
import { openTruth } from '../store/truth.ts'
import { classTable, translate } from './import-classes.ts'
import { findPictures, readPicture, takeAll } from './import-folder.ts'
import type { Found, ImportOptions, Taken } from './import-folder.ts'
import type { Decoder } from './import-decoder.ts'
import { IssueError, issues as say } from './import-issues.ts'
import { firstOf, readClasses } from './import-lists.ts'

export interface TruthOptions extends ImportOptions {
  /** A classes.json; else DIR/classes.json or that of the folder above. */
  readonly classes?: string
}

/**
 * Step: drawn masks of photos -> store, for evaluation alone; a photo that has one no longer trains.
 *
 * DIR/.../NAME.png or NAME_mask.png, class indices, 255 = ignore, at the same path below DIR as the photo had below its folder.
 * A class that is no workpiece of the project counts as background.
 * @throws AppError folder-missing, folder-empty or classes-unreadable; trouble with one file is an issue of the result.
 */
export async function importTruth(store: Store, codec: Codec, dir: string, options: TruthOptions = {}): Promise<ImportResult> {
  const { pictures, issues } = await findPictures(dir)
  const list = options.classes ?? firstOf(join(dir, 'classes.json'), join(dirname(resolve(dir)), 'classes.json'))
  if (list === undefined) throw noClasses(dir)
  const names = await readClasses(list)
  const strangers = new Map<number, string>()
  const table = classTable(names, (name) => store.workpieces.find(name)?.classIndex ?? 0)
  for (const [value, name] of names) if (isStranger(store, name, table.get(value))) strangers.set(value, name)
  const photos = new Map(store.images.list({ kind: 'photo' }).map((row) => [stemOf(row.name), row]))
  const truth = openTruth(store)
  const met = new Set<string>()

  const take = async (file: Found, decoder: Decoder): Promise<Taken> => {
    const photo = photoOf(photos, file.name)
    const bytes = await readPicture(file)
    const mask = await decoder.mask(file.name, bytes, 'index')
    if (mask.width !== photo.width || mask.height !== photo.height)
      throw new IssueError(say.maskSize(file.name, `${mask.width} x ${mask.height}`, `${photo.width} x ${photo.height}`))
    const labels = translate(mask, table, file.name)
    for (const [value, name] of strangers) if (mask.data.includes(value)) met.add(name)
    const sha = await store.blobs.keepLabels(labels)
    if (truth.get(photo.id) === sha) return 'duplicate'
    return {
      write: () => {
        truth.save(photo.id, sha)
        return true
      },
    }
  }
  const result = await takeAll({ store, codec }, pictures, options, take)
  return { ...result, issues: [...issues, ...result.issues, ...[...met].map(say.unknownClass)] }
}

const isStranger = (store: Store, name: string, index: number | undefined) =>
  index === 0 && !/^_?background_?$/i.test(name) && store.workpieces.find(name) === null

function photoOf(photos: ReadonlyMap<string, ImageRow>, name: string): ImageRow {
  const stem = stemOf(name)
  const photo = photos.get(stem) ?? photos.get(stem.replace(/_mask$/i, ''))
  if (!photo) throw new IssueError(say.noPhoto(name))
  return photo
}

const stemOf = (name: string) => name.replace(/\.[^./]+$/, '')

const noClasses = (dir: string) => new AppError({
  code: 'classes-unreadable',
  message: `There is no classes.json in ${dir} or above it.`,
  advice: 'Write {"1": "workpiece", ...}, the class indices of the masks, into that file.',
  subject: dir,
})
