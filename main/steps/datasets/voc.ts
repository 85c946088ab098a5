import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import type { ImportIssue } from '../../../preload/contract/model.ts'
import { IGNORE } from '../../core/image/types.ts'
import { findPictures, readPicture, type Found } from '../import-folder.ts'
import { firstOf, readClasses } from '../import-lists.ts'
import { andMore, type Dataset, type DatasetPicture } from './dataset.ts'
import { datasetIssues as say, datasetUnreadable } from './dataset-issues.ts'

const masksFolder = 'SegmentationClass'
const pictureFolder = 'JPEGImages'

/** Classes of the PASCAL challenge, which its folders (VOC2007, VOC2012 ...) do not name. http://host.robots.ox.ac.uk/pascal/VOC */
const pascal = ['aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow', 'diningtable', 'dog', 'horse', 'motorbike', 'person',
  'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor']

/** The folder with SegmentationClass in or at most two levels below a folder. */
export async function vocRoot(dir: string, levels = 2): Promise<string | undefined> {
  if (existsSync(join(dir, masksFolder))) return dir
  if (levels === 0) return undefined
  const inside = (await readdir(dir, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory())
  for (const { name } of inside) {
    const root = await vocRoot(join(dir, name), levels - 1)
    if (root) return root
  }
  return undefined
}

/**
 * Reads a PASCAL VOC folder: JPEGImages/NAME.* with SegmentationClass/NAME.png, whose palette indices are classes and whose border 255
 * is ignore. Names come from classes.json, labelmap.txt or classes.txt.
 * @throws AppError dataset-unreadable, folder-missing or folder-empty.
 */
export async function readVoc(dir: string): Promise<Dataset> {
  const root = (await vocRoot(dir)) ?? dir
  const { pictures: files, issues: fileIssues } = await findPictures(root)
  const inFolder = (folder: string) => files.filter(({ name }) => name.startsWith(`${folder}/`)).map((file) => ({ ...file, stem: stemOf(file.name.slice(folder.length + 1)) }))
  const photos = new Map(inFolder(pictureFolder).map((file) => [file.stem, file]))
  const classes = await namesOf(root)
  const issues: ImportIssue[] = [...fileIssues]
  const pictures: DatasetPicture[] = []
  const prefix = relative(resolve(dir), resolve(root)).split(sep).filter(Boolean)
  for (const mask of inFolder(masksFolder)) {
    const photo = photos.get(mask.stem)
    photos.delete(mask.stem)
    if (photo) pictures.push({ name: [...prefix, photo.name].join('/'), path: photo.path, labels: ({ decoder }) => labelsOf(mask, decoder) })
    else issues.push(say.labelsAlone(mask.name))
  }
  // Most pictures of the challenge have boxes alone: that is told once, not for each.
  if (photos.size > 0) issues.push(say.labelsMissing(andMore([...photos.values()]), `mask in ${masksFolder}`))
  return { format: 'voc', classes, pictures, issues }
}

const labelsOf = async (mask: Found, decoder: Parameters<DatasetPicture['labels']>[0]['decoder']) =>
  decoder.mask(mask.name, await readPicture(mask), 'index')

async function namesOf(root: string): Promise<ReadonlyMap<number, string>> {
  const json = firstOf(join(root, 'classes.json'))
  if (json) return readClasses(json)
  const list = firstOf(...['labelmap.txt', 'classes.txt', 'class_names.txt', 'labels.txt'].map((name) => join(root, name)))
  if (list) return namesOfLines(await readFile(list, 'utf8'))
  if (/^VOC20\d\d$/i.test(basename(resolve(root)))) return new Map(pascal.map((name, i) => [i + 1, name]))
  throw datasetUnreadable(root, 'nothing names its classes', 'Write {"1": "workpiece", ...}, the class indices of the masks, into classes.json there.')
}

/** One name a line, background first where it is named; a label map has colours behind a colon. */
function namesOfLines(text: string): ReadonlyMap<number, string> {
  const names = text.split(/\r?\n/).map((line) => line.replace(/#.*/, '').split(':')[0].trim()).filter(Boolean)
  const kept = names.filter((name) => !/^(__ignore__|ignore|void)$/i.test(name))
  const first = /^_?background_?$/i.test(kept[0] ?? '') ? 1 : 0
  return new Map(kept.slice(first).map((name, i): [number, string] => [i + 1, name]).filter(([index]) => index < IGNORE))
}

const stemOf = (name: string) => name.replace(/\.[^./]+$/, '')
