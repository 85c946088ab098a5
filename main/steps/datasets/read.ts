import { IGNORE } from '../../core/image/types.ts'
import { bopScenes, readBop } from './bop.ts'
import { cocoLists, readCoco } from './coco.ts'
import type { Dataset, DatasetFormat } from './dataset.ts'
import { datasetUnreadable } from './dataset-issues.ts'
import { readVoc, vocRoot } from './voc.ts'
import { looksLikeYolo, readYolo } from './yolo.ts'

const readers: Record<DatasetFormat, (dir: string) => Promise<Dataset>> = { coco: readCoco, voc: readVoc, yolo: readYolo, bop: readBop }

/** Reads a dataset of a known form. Throws AppError dataset-unreadable, classes-unreadable, folder-missing or folder-empty. */
export async function readDataset(dir: string, format: DatasetFormat): Promise<Dataset> {
  const dataset = await readers[format](dir)
  if (dataset.classes.size < IGNORE) return dataset
  throw datasetUnreadable(dir, `it names ${dataset.classes.size} classes, more than 254`, 'Keep the classes that are needed.')
}

/** The form of a folder by its shape; undefined where it is none of these. */
export async function formatOf(dir: string): Promise<DatasetFormat | undefined> {
  if ((await bopScenes(dir)).length > 0) return 'bop'
  if ((await cocoLists(dir)).length > 0) return 'coco'
  if (await vocRoot(dir)) return 'voc'
  return (await looksLikeYolo(dir)) ? 'yolo' : undefined
}
