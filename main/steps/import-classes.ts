import { IGNORE } from '../core/image/types.ts'
import type { LabelMap } from '../core/image/types.ts'
import { IssueError, issues as say } from './import-issues.ts'

/** Class index of a file to class index of the project; what is not in it is unknown. */
export type ClassTable = ReadonlyMap<number, number>

const backgroundNames = ['background', '_background_']
const ignoreNames = ['ignore', 'void', 'unlabelled', 'unlabeled']

/** Whether a name of a list means something to tell apart. */
export const isWorkpiece = (name: string) => ![...backgroundNames, ...ignoreNames].includes(name.toLowerCase())

/**
 * Reads class indices of files as those of the project. 0 is background and 255 ignore unless the list names them;
 * "background", "ignore", "void" and "unlabelled" are understood as names.
 * @param indexOf Class index of a workpiece by name.
 */
export function classTable(classes: ReadonlyMap<number, string>, indexOf: (name: string) => number): ClassTable {
  const named = [...classes].sort(([a], [b]) => a - b).map(([value, name]): [number, number] => {
    if (backgroundNames.includes(name.toLowerCase())) return [value, 0]
    if (ignoreNames.includes(name.toLowerCase())) return [value, IGNORE]
    return [value, indexOf(name)]
  })
  return new Map([[0, 0], [IGNORE, IGNORE], ...named])
}

/** Throws IssueError where the mask holds a value that the table does not know. */
export function translate(mask: LabelMap, table: ClassTable, file: string): LabelMap {
  const values = new Uint8Array(256)
  for (const [from, to] of table) values[from] = to
  for (const value of valuesOf(mask.data))
    if (!table.has(value)) throw new IssueError(say.maskUnreadable(file, `it holds the class index ${value}, which classes.json does not name`))
  const data = new Uint8Array(mask.data.length)
  for (let i = 0; i < data.length; i++) data[i] = values[mask.data[i]]
  return { ...mask, data }
}

/** The values a mask holds, in order. */
export function valuesOf(data: Uint8Array): number[] {
  const seen = new Uint8Array(256)
  for (let i = 0; i < data.length; i++) seen[data[i]] = 1
  return [...seen.keys()].filter((value) => seen[value] === 1)
}
