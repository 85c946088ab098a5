import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '../../preload/contract/error.ts'
import { modelFile } from '../steps/predict.ts'

/** The file of a model, its fingerprint, and its card where one lies beside it. */
export interface ModelIdentity {
  readonly file: string
  readonly sha256: string
  readonly card: Readonly<Record<string, unknown>> | null
}

/**
 * Knows a model by its file and its card.
 *
 * @param path model.onnx, or the folder that the export wrote.
 * @throws AppError `model-unreadable` where it is missing, or is not the file that its card describes.
 */
export function identify(path: string): ModelIdentity {
  const file = modelFile(path)
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
  const card = readCard(join(dirname(file), 'model-card.json'))
  if (card && typeof card.sha256 === 'string' && card.sha256 !== sha256) throw unfit(file, 'it is not the file that the model card beside it describes')
  return { file, sha256, card }
}

function readCard(file: string): Record<string, unknown> | null {
  if (!existsSync(file)) return null
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch {
    throw unfit(file, 'its card is no JSON')
  }
}

const unfit = (file: string, why: string) => new AppError({
  code: 'model-unreadable', subject: file,
  message: `The model ${file} cannot be used: ${why}.`,
  advice: 'Export the model again, and copy the whole folder.',
})
