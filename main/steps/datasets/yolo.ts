import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportIssue } from '../../../preload/contract/model.ts'
import { paintInstances, type Instance } from '../../core/formats/paint.ts'
import { IGNORE } from '../../core/image/types.ts'
import { findPictures, type Found } from '../import-folder.ts'
import { IssueError } from '../import-issues.ts'
import { firstOf } from '../import-lists.ts'
import { maskOfOutlines } from './coco.ts'
import type { Dataset, DatasetPicture, LabelTools } from './dataset.ts'
import { datasetIssues as say, datasetUnreadable } from './dataset-issues.ts'

const lists = ['data.yaml', 'data.yml', 'dataset.yaml', 'dataset.yml', 'classes.txt', 'obj.names']

/** Whether a folder holds YOLO labels: a list of names, and text files in a folder `labels`. */
export async function looksLikeYolo(dir: string): Promise<boolean> {
  if (!firstOf(...lists.map((name) => join(dir, name)))) return false
  if (existsSync(join(dir, 'labels'))) return true
  const inside = (await readdir(dir, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory())
  return inside.some(({ name }) => existsSync(join(dir, name, 'labels')))
}

/**
 * Reads a YOLO segmentation folder: images/.../NAME.* with labels/.../NAME.txt (or SPLIT/images and SPLIT/labels), a line an object: class and
 * outline in shares of width and height. Names come from data.yaml or classes.txt.
 * @throws AppError dataset-unreadable, folder-missing or folder-empty.
 */
export async function readYolo(dir: string): Promise<Dataset> {
  const { pictures: files, issues: fileIssues } = await findPictures(dir)
  const issues: ImportIssue[] = [...fileIssues]
  const names = await namesOf(dir)
  const labelFiles = new Set((await readdir(dir, { recursive: true })).map((name) => name.replaceAll('\\', '/')).filter((name) => /(^|\/)labels\/.*\.txt$/.test(name)))
  const pictures: DatasetPicture[] = []
  for (const file of files) {
    const wanted = `${file.name.replace(/(^|.*\/)images\//, '$1labels/').replace(/\.[^./]+$/, '')}.txt`
    if (labelFiles.delete(wanted)) pictures.push({ ...file, labels: (tools) => labelsOf(file, join(dir, wanted), wanted, names, tools) })
    else issues.push(say.labelsMissing(file.name, wanted))
  }
  for (const name of [...labelFiles].sort()) issues.push(say.labelsAlone(name))
  return { format: 'yolo', classes: new Map([...names].map(([index, name]) => [index + 1, name])), pictures, issues }
}

async function labelsOf(file: Found, path: string, name: string, names: ReadonlyMap<number, string>, { size, note }: LabelTools) {
  const { width, height } = size
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new IssueError(say.broken(name, error.message))
  })
  const instances = text.split(/\r?\n/).filter((line) => line.trim() !== '').flatMap((line): Instance[] => {
    const [index, ...shares] = line.trim().split(/\s+/).map(Number)
    if (!Number.isInteger(index) || shares.some((value) => !Number.isFinite(value))) throw new IssueError(say.broken(name, `"${line.slice(0, 40)}" is no line of numbers`))
    if (shares.length === 4) {
      note(say.notOutline(file.name, 'is a box, not an outline'))
      return []
    }
    if (!names.has(index)) note(say.unknownCategory(file.name, String(index)))
    const mask = maskOfOutlines(file.name, [shares.map((value, i) => value * (i % 2 === 0 ? width : height))], size, note)
    return mask ? [{ label: names.has(index) ? index + 1 : IGNORE, mask }] : []
  })
  return paintInstances(width, height, instances)
}

async function namesOf(dir: string): Promise<ReadonlyMap<number, string>> {
  const path = firstOf(...lists.map((name) => join(dir, name)))
  if (!path) throw datasetUnreadable(dir, 'there is no data.yaml and no classes.txt', 'Put the list of the class names beside the folders images and labels.')
  const text = await readFile(path, 'utf8')
  const names = /\.ya?ml$/.test(path) ? namesOfYaml(text) : new Map(text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean).map((name, i) => [i, name]))
  if (names.size === 0) throw datasetUnreadable(path, 'it holds no names', 'Write names: [workpiece, ...] into it.')
  if ([...names.keys()].some((index) => index > IGNORE - 2)) throw datasetUnreadable(path, 'it names more than 254 classes', 'Split the dataset.')
  return names
}

/** The names of a data.yaml: [a, b], a line each behind a dash, or a line each behind its number. */
export function namesOfYaml(text: string): Map<number, string> {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, '').trimEnd())
  const at = lines.findIndex((line) => /^names\s*:/.test(line))
  if (at < 0) return new Map()
  const rest = lines.slice(at).join('\n').replace(/^names\s*:\s*/, '')
  if (/^[[{]/.test(rest)) return numbered(rest.slice(1, rest.search(/[\]}]/)).split(','))
  const own: string[] = []
  for (const line of lines.slice(at + 1)) {
    if (line === '') continue
    if (!/^\s|^-/.test(line)) break
    own.push(line)
  }
  return numbered(own)
}

function numbered(entries: readonly string[]): Map<number, string> {
  const found = new Map<number, string>()
  for (const entry of entries.map((text) => text.trim()).filter(Boolean)) {
    const [, number, name] = /^(?:-\s*|(\d+)\s*:\s*)?(.*)$/.exec(entry) ?? []
    found.set(number === undefined ? found.size : Number(number), name.replace(/^(['"])(.*)\1$/, '$2'))
  }
  return found
}
