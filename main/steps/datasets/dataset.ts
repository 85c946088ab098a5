import type { ImportIssue } from '../../../preload/contract/model.ts'
import type { LabelMap } from '../../core/image/types.ts'
import type { Decoder } from '../import-decoder.ts'
import type { Found } from '../import-folder.ts'
import { IssueError, issues } from '../import-issues.ts'
import type { Size } from '../worker.ts'

/** Forms of datasets that other programs write. */
export const datasetFormats = ['coco', 'voc', 'yolo', 'bop'] as const
export type DatasetFormat = (typeof datasetFormats)[number]

/** What a picture's labels are made with. */
export interface LabelTools {
  /** Size of the picture. */
  readonly size: Size
  readonly decoder: Decoder
  /** Tells of something odd that does not stop the picture. */
  readonly note: (issue: ImportIssue) => void
}

/** A picture of a dataset. */
export interface DatasetPicture extends Found {
  /** Labels in class indices of the dataset, 255 = ignore. Throws IssueError where there are none to be had. */
  readonly labels: (tools: LabelTools) => Promise<LabelMap>
}

/** A folder that another program wrote, understood. */
export interface Dataset {
  readonly format: DatasetFormat
  /** Class index 1 .. 254 to name. */
  readonly classes: ReadonlyMap<number, string>
  readonly pictures: readonly DatasetPicture[]
  readonly issues: readonly ImportIssue[]
}

/** Pictures below a folder by their name, and by any unique end of it: lists seldom agree with folders on where paths begin. */
export function pictureFinder(pictures: readonly Found[]): (name: string) => Found | undefined {
  const byEnd = new Map<string, Found | null>()
  for (const picture of pictures) {
    const parts = picture.name.split('/')
    for (let from = 1; from < parts.length; from++) {
      const end = parts.slice(from).join('/')
      byEnd.set(end, byEnd.has(end) ? null : picture)
    }
  }
  const byName = new Map(pictures.map((picture) => [picture.name, picture]))
  return (name) => {
    const parts = name.replaceAll('\\', '/').split('/').filter((part) => part !== '' && part !== '.')
    for (let from = 0; from < parts.length; from++) {
      const end = parts.slice(from).join('/')
      const found = byName.get(end) ?? byEnd.get(end)
      if (found) return found
    }
    return undefined
  }
}

/** Names numbered from 1 in their order; the same name twice is one class. */
export function numberNames(names: Iterable<string>): { classes: Map<number, string>; indexOf: Map<string, number> } {
  const indexOf = new Map<string, number>()
  for (const name of names) if (!indexOf.has(name)) indexOf.set(name, indexOf.size + 1)
  return { classes: new Map([...indexOf].map(([name, index]) => [index, name])), indexOf }
}

/** The first of some files and how many more there are, where each would be one issue too many. */
export const andMore = (files: readonly Found[]) => files[0].name + (files.length > 1 ? ` (and ${files.length - 1} more)` : '')

/** Labels as large as their picture. Throws IssueError for others. */
export function checkedLabels(file: Found, size: Size, labels: LabelMap): LabelMap {
  if (labels.width === size.width && labels.height === size.height) return labels
  throw new IssueError(issues.maskSize(file.name, `${labels.width} x ${labels.height}`, `${size.width} x ${size.height}`))
}

/** A list that says the same thing of the same file once. */
export function openNotes() {
  const notes = new Map<string, ImportIssue>()
  return { add: (issue: ImportIssue) => void notes.set(`${issue.file}\n${issue.message}`, issue), list: () => [...notes.values()] }
}
