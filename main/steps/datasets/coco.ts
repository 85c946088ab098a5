import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ImportIssue } from '../../../preload/contract/model.ts'
import { paintInstances, type Instance } from '../../core/formats/paint.ts'
import { fillPolygon } from '../../core/formats/polygon.ts'
import { countsOfString, maskOfCounts } from '../../core/formats/rle.ts'
import { IGNORE } from '../../core/image/types.ts'
import { findPictures } from '../import-folder.ts'
import { IssueError } from '../import-issues.ts'
import { andMore, numberNames, pictureFinder, type Dataset, type DatasetPicture, type LabelTools } from './dataset.ts'
import { datasetIssues as say, datasetUnreadable } from './dataset-issues.ts'

const Key = z.union([z.int(), z.string()])
const File = z.object({
  images: z.array(z.object({ id: Key, file_name: z.string().min(1), width: z.int().positive().optional(), height: z.int().positive().optional() })),
  annotations: z.array(z.unknown()),
  categories: z.array(z.object({ id: Key, name: z.string().min(1).max(200) })),
})
const Whose = z.object({ image_id: Key })
const Annotation = z.object({
  category_id: Key,
  iscrowd: z.union([z.literal(0), z.literal(1), z.boolean()]).default(0),
  segmentation: z.union([
    z.array(z.array(z.number())).min(1),
    z.object({ size: z.tuple([z.int(), z.int()]), counts: z.union([z.string(), z.array(z.int())]) }),
  ]),
})
type Annotation = z.output<typeof Annotation>

/** Larger lists do not fit into a string. */
const maxBytes = 500e6
const headBytes = 65_536

/** The lists of a folder that look like COCO: in it, or in its folder `annotations`. */
export async function cocoLists(dir: string): Promise<string[]> {
  const found: string[] = []
  for (const folder of [dir, join(dir, 'annotations')]) {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.toLowerCase().endsWith('.json') && !name.startsWith('.'))
    for (const name of names.sort()) if (await looksLikeCoco(join(folder, name))) found.push(join(folder, name))
  }
  return found
}

/** Large lists are known by the keys at their head or tail. */
async function looksLikeCoco(path: string): Promise<boolean> {
  const { size } = await stat(path)
  if (size > maxBytes) return true
  const text = await readFile(path, 'utf8')
  const ends = size > 2 * headBytes ? text.slice(0, headBytes) + text.slice(-headBytes) : text
  return /"images"\s*:\s*\[/.test(ends) && (size > 2 * headBytes || /"annotations"\s*:\s*\[/.test(ends))
}

/**
 * Reads a COCO folder: outlines, run lengths of both kinds, crowds as ignore; category ids may have gaps.
 * @throws AppError dataset-unreadable, folder-missing or folder-empty.
 */
export async function readCoco(dir: string): Promise<Dataset> {
  const { pictures: files, issues: fileIssues } = await findPictures(dir)
  const find = pictureFinder(files)
  const issues: ImportIssue[] = [...fileIssues]
  const lists = await Promise.all((await cocoLists(dir)).map(async (path) => ({ path, ...(await readList(path)) })))
  if (lists.length === 0) throw datasetUnreadable(dir, 'there is no list with images, annotations and categories', 'Put the .json of the export into the folder.')
  const { classes, indexOf } = numberNames(lists.flatMap(({ categories }) => categories.map(({ name }) => name)))
  const pictures: DatasetPicture[] = []
  for (const { path, images, annotations, categories } of lists) {
    const labelOf = new Map(categories.map(({ id, name }) => [id, indexOf.get(name)!]))
    const ofImage = byImage(annotations)
    for (const image of images) {
      const found = find(image.file_name)
      const own = ofImage.get(image.id) ?? []
      ofImage.delete(image.id)
      if (found) pictures.push({ ...found, labels: async (tools) => labelsOf(found.name, image, own, labelOf, tools) })
      else issues.push(say.pictureMissing(image.file_name, path))
    }
    const orphans = [...ofImage.values()].reduce((sum, list) => sum + list.length, 0)
    if (orphans > 0) issues.push(say.withoutPicture(path, orphans))
  }
  const listed = new Set(pictures.map(({ name }) => name))
  const unlisted = files.filter(({ name }) => !listed.has(name))
  if (unlisted.length > 0) issues.push(say.unlisted(andMore(unlisted)))
  return { format: 'coco', classes, pictures, issues }
}

async function readList(path: string): Promise<z.output<typeof File>> {
  try {
    return File.parse(JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, '')))
  } catch (error) {
    const why = error instanceof z.ZodError ? `at ${error.issues[0].path.map(String).join(' > ')}: ${error.issues[0].message}` : (error as Error).message
    throw datasetUnreadable(path, why, 'Export it again as COCO instances, with images, annotations and categories; split lists over 500 MB.')
  }
}

function byImage(annotations: readonly unknown[]): Map<number | string | null, unknown[]> {
  const found = new Map<number | string | null, unknown[]>()
  for (const annotation of annotations) {
    const key = Whose.safeParse(annotation).data?.image_id ?? null
    const list = found.get(key)
    if (list) list.push(annotation)
    else found.set(key, [annotation])
  }
  return found
}

type Listed = z.output<typeof File>['images'][number]

function labelsOf(name: string, listed: Listed, annotations: readonly unknown[], labelOf: ReadonlyMap<unknown, number>, { size, note }: LabelTools) {
  const { width, height } = size
  const said = { width: listed.width ?? width, height: listed.height ?? height }
  if (said.width !== width || said.height !== height)
    throw new IssueError(say.otherSize(name, `${said.width} x ${said.height}`, `${width} x ${height}`))
  const instances = annotations.flatMap((raw): Instance[] => {
    const parsed = Annotation.safeParse(raw)
    if (!parsed.success) {
      note(say.notOutline(name, 'has no outline and no mask'))
      return []
    }
    const label = labelOf.get(parsed.data.category_id)
    if (label === undefined) note(say.unknownCategory(name, String(parsed.data.category_id)))
    const mask = maskOf(name, parsed.data, size, note)
    return mask ? [{ label: parsed.data.iscrowd ? IGNORE : label ?? IGNORE, mask }] : []
  })
  return paintInstances(width, height, instances)
}

function maskOf(name: string, { segmentation }: Annotation, { width, height }: LabelTools['size'], note: LabelTools['note']): Uint8Array | null {
  try {
    if (Array.isArray(segmentation)) return maskOfOutlines(name, segmentation, { width, height }, note)
    const [rows, columns] = segmentation.size
    if (rows !== height || columns !== width) throw new RangeError(`is a mask of ${columns} x ${rows} pixels`)
    return maskOfCounts(typeof segmentation.counts === 'string' ? countsOfString(segmentation.counts) : segmentation.counts, width, height)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const text = error.message
    note(say.notOutline(name, text.startsWith('is a') ? `${text}, its picture of ${width} x ${height}` : `is broken (${text})`))
    return null
  }
}

/** The union of outlines, [x0, y0, x1, y1, ...] in pixels each; null where none is in the picture. */
export function maskOfOutlines(
  name: string, outlines: readonly (readonly number[])[], { width, height }: LabelTools['size'], note: LabelTools['note'],
): Uint8Array | null {
  const mask = new Uint8Array(width * height)
  let drawn = false
  for (const outline of outlines) {
    if (outline.length < 6 || outline.length % 2 === 1) {
      note(say.notOutline(name, 'has an outline of fewer than three points'))
      continue
    }
    const xs = outline.filter((_, i) => i % 2 === 0)
    const ys = outline.filter((_, i) => i % 2 === 1)
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
    if (right <= 0 || bottom <= 0 || left >= width || top >= height) {
      note(say.outside(name))
      continue
    }
    if (left < -slack || top < -slack || right > width + slack || bottom > height + slack) note(say.cut(name))
    fillPolygon(outline, width, height, mask)
    drawn = true
  }
  return drawn ? mask : null
}

/** Outlines that reach out by less are as good as inside, px. */
const slack = 1
