import { join } from 'node:path'
import type { ImportResult } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import { IGNORE } from '../core/image/types.ts'
import type { LabelMap } from '../core/image/types.ts'
import { hashOf } from '../store/blobs.ts'
import type { Store } from '../store/index.ts'
import { classTable, translate, valuesOf } from './import-classes.ts'
import { findPictures, readPicture, takeAll, topOf } from './import-folder.ts'
import type { Found, ImportOptions, Taken } from './import-folder.ts'
import type { Decoder } from './import-decoder.ts'
import { IssueError, issues as say } from './import-issues.ts'
import { firstOf, readClasses } from './import-lists.ts'

const maskEnd = /_mask\.png$/i

/**
 * Step: renders with exact masks -> store. What is already in is skipped, so an import that was cut short goes on.
 *
 * DIR/WORKPIECE/.../NAME.* with NAME_mask.png beside it, non-zero where the workpiece is; or, where DIR/classes.json is,
 * DIR/.../NAME.* with NAME_mask.png of class indices that classes.json names ("background" and "ignore" may be among them).
 * @throws AppError folder-missing, folder-empty or classes-unreadable; trouble with one file is an issue of the result.
 */
export async function importRenders(store: Store, codec: Codec, dir: string, options: ImportOptions = {}): Promise<ImportResult> {
  const { pictures, issues } = await findPictures(dir)
  const list = firstOf(join(dir, 'classes.json'))
  const classes = list === undefined ? undefined : await readClasses(list)
  const masks = new Map(pictures.filter(({ name }) => maskEnd.test(name)).map((file) => [file.name.replace(maskEnd, ''), file]))
  const renders = pictures.filter(({ name }) => !maskEnd.test(name))
  const stems = new Set(renders.map(({ name }) => stemOf(name)))
  const alone = [...masks].filter(([stem]) => !stems.has(stem)).map(([, { name }]) => say.renderMissing(name))

  const take = async (file: Found, decoder: Decoder): Promise<Taken> => {
    const maskFile = masks.get(stemOf(file.name))
    if (!maskFile) throw new IssueError(say.maskMissing(file.name, `${stemOf(file.name)}_mask.png`))
    const bytes = await readPicture(file)
    const sha256 = hashOf(bytes)
    const known = store.images.findBySha('render', sha256)
    if (known && known.removedAtMs === null) return 'duplicate'
    const { width, height } = await decoder.picture(file.name, bytes)
    const maskBytes = await readPicture(maskFile)
    const mask = await decoder.mask(maskFile.name, maskBytes, classes ? 'index' : 'binary')
    if (mask.width !== width || mask.height !== height)
      throw new IssueError(say.maskSize(maskFile.name, sizeOf(mask), sizeOf({ width, height })))
    const { labels, workpieceIds } = classes ? byClasses(store, classes, mask, maskFile.name) : byFolder(store, mask, file.name, maskFile.name)
    const [maskSha] = await Promise.all([store.blobs.keepLabels(labels), store.blobs.keep(bytes)])
    const row = { kind: 'render', name: file.name, group: topOf(file.name), width, height, sha256, workpieceIds } as const
    return { write: () => store.images.take(row, (id) => store.masks.save(id, maskSha)) }
  }
  const result = await takeAll({ store, codec }, renders, options, take)
  return { ...result, issues: [...issues, ...alone, ...result.issues] }
}

interface Labelled {
  readonly labels: LabelMap
  readonly workpieceIds: readonly number[]
}

function byFolder(store: Store, mask: LabelMap, name: string, maskName: string): Labelled {
  if (!name.includes('/')) throw new IssueError(say.noFolder(name))
  if (!mask.data.includes(1)) throw new IssueError(say.maskEmpty(maskName))
  const { id, classIndex } = store.workpieces.ensure(topOf(name))
  // In place, one and zero being this class or none: no mask is ever read twice.
  for (let i = 0; i < mask.data.length; i++) if (mask.data[i]) mask.data[i] = classIndex
  return { labels: mask, workpieceIds: [id] }
}

function byClasses(store: Store, classes: ReadonlyMap<number, string>, mask: LabelMap, maskName: string): Labelled {
  const found = new Map<number, number>()
  const table = classTable(classes, (name) => {
    const { id, classIndex } = store.workpieces.ensure(name)
    found.set(classIndex, id)
    return classIndex
  })
  const labels = translate(mask, table, maskName)
  const present = new Set(valuesOf(labels.data))
  const workpieceIds = [...found].filter(([index]) => present.has(index)).map(([, id]) => id)
  if (workpieceIds.length === 0 || (present.size === 1 && present.has(IGNORE))) throw new IssueError(say.maskEmpty(maskName))
  return { labels, workpieceIds }
}

const stemOf = (name: string) => name.replace(/\.[^./]+$/, '')
const sizeOf = ({ width, height }: { width: number; height: number }) => `${width} x ${height}`
