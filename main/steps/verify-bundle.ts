import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, normalize, sep } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../preload/contract/error.ts'
import type { Progress } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import { readMetadata } from '../core/onnx/read-model.ts'
import { openModel, type Model } from '../core/engine/export-graph.ts'
import { cardFormat, sha256 } from './export-model/card.ts'
import { cardFile, sumsFile } from './export-model/files.ts'

/** Share of a sample's pixels that may differ: other processors round differently at the border of two classes. */
const sampleLimit = 0.001

/** One thing that was checked of a bundle. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  /** In plain words. */
  readonly detail: string
}

/** What of a card the checks rest on. */
const Card = z.object({
  format: z.literal(cardFormat),
  project: z.string(),
  classes: z.array(z.object({ index: z.int(), name: z.string() })),
  model: z.object({ file: z.literal('model.onnx'), sha256: z.string() }),
  lineage: z.object({ run: z.int(), round: z.int() }),
  samples: z.array(z.object({ photo: z.string(), mask: z.string() })),
})
type Card = z.output<typeof Card>

export interface VerifyOptions {
  readonly threads: number
  readonly report: (progress: Omit<Progress, 'runId'>) => Promise<void>
}

/**
 * Checks an exported folder: every file against its sum, the card against the model and the labels, and the model on its samples.
 *
 * @returns Every check, the failed ones among them.
 * @throws AppError `model-unreadable` where the folder is no export.
 */
export async function verifyBundle(dir: string, codec: Codec, options: VerifyOptions): Promise<Check[]> {
  if (!statSync(join(dir, sumsFile), { throwIfNoEntry: false }) && !statSync(join(dir, cardFile), { throwIfNoEntry: false }))
    throw new AppError({ code: 'model-unreadable', subject: dir, message: `${dir} is no exported model: it holds no ${cardFile} and no ${sumsFile}.`, advice: 'Name the folder that "export" wrote.' })
  const checks = checkSums(dir)
  const card = readCard(dir)
  if (!card) return [...checks, failed(cardFile, 'cannot be read as a model card of this version')]
  const bytes = readOrNull(dir, 'model.onnx')
  if (!bytes) return [...checks, failed('model.onnx', 'is missing')]
  return [...checks, ...checkAgreement(dir, card, bytes), ...await checkSamples(dir, card, bytes, codec, options)]
}

const passed = (name: string, detail: string): Check => ({ name, ok: true, detail })
const failed = (name: string, detail: string): Check => ({ name, ok: false, detail })

/** The file below the folder, or null where there is none or the name leads out of it. */
function readOrNull(dir: string, name: string): Uint8Array | null {
  const path = normalize(name)
  if (isAbsolute(path) || path.split(sep)[0] === '..' || !statSync(join(dir, path), { throwIfNoEntry: false })?.isFile()) return null
  return readFileSync(join(dir, path))
}

function checkSums(dir: string): Check[] {
  const text = readOrNull(dir, sumsFile)
  if (!text) return [failed(sumsFile, 'is missing, so that no file can be told from an altered one')]
  const lines = new TextDecoder().decode(text).split('\n').filter(Boolean).map((line) => /^([0-9a-f]{64}) {2}(.+)$/.exec(line))
  if (lines.length === 0 || lines.includes(null)) return [failed(sumsFile, 'cannot be read')]
  const listed = new Set(lines.map((line) => line![2]))
  const needed = ['model.onnx', cardFile, 'labels.json'].filter((name) => !listed.has(name)).map((name) => failed(name, `is not listed in ${sumsFile}`))
  return [...needed, ...lines.map((line) => {
    const [, sum, name] = line!
    const bytes = readOrNull(dir, name)
    if (!bytes) return failed(name, 'is missing')
    return sha256(bytes) === sum ? passed(name, 'is as it was written') : failed(name, `was altered: its SHA-256 is not the one in ${sumsFile}`)
  })]
}

function readCard(dir: string): Card | null {
  try {
    return Card.parse(JSON.parse(new TextDecoder().decode(readOrNull(dir, cardFile) ?? new Uint8Array())))
  } catch {
    return null
  }
}

/** Whether card, model and labels tell of the same thing, whatever the sums say. */
function checkAgreement(dir: string, card: Card, bytes: Uint8Array): Check[] {
  const names = JSON.stringify(Object.fromEntries(card.classes.map(({ index, name }) => [String(index), name])))
  const same = (name: string, ok: boolean, what: string) => (ok ? passed(name, `agrees with ${what}`) : failed(name, `does not agree with ${what}`))
  const metadata = metadataOf(bytes)
  return [
    same(cardFile, card.model.sha256 === sha256(bytes), 'the hash of model.onnx'),
    same(cardFile, metadata.classes === names && metadata.project === card.project && metadata.run === String(card.lineage.run) && metadata.round === String(card.lineage.round),
      'project, run, round and classes within model.onnx'),
    same('labels.json', compact(readOrNull(dir, 'labels.json')) === names, `the classes in ${cardFile}`),
  ]
}

function metadataOf(bytes: Uint8Array): Record<string, string> {
  try {
    return readMetadata(bytes)
  } catch {
    return {}
  }
}

function compact(json: Uint8Array | null): string | null {
  try {
    return json && JSON.stringify(JSON.parse(new TextDecoder().decode(json)))
  } catch {
    return null
  }
}

async function checkSamples(dir: string, { samples }: Card, bytes: Uint8Array, codec: Codec, { threads, report }: VerifyOptions): Promise<Check[]> {
  let model: Model
  try {
    model = await openModel(bytes, { threads })
  } catch (error) {
    return [failed('model.onnx', `cannot be opened: ${error instanceof Error ? error.message : String(error)}`)]
  }
  const checks: Check[] = []
  try {
    for (const [i, { photo, mask }] of samples.entries()) {
      checks.push(await checkSample(dir, photo, mask, model, codec))
      await report({ step: 'predict', done: i + 1, total: samples.length, unit: 'photos' })
    }
  } finally {
    await model.dispose()
  }
  return checks
}

async function checkSample(dir: string, photo: string, mask: string, model: Model, codec: Codec): Promise<Check> {
  const [shown, drawn] = [readOrNull(dir, photo), readOrNull(dir, mask)]
  if (!shown || !drawn) return failed(photo, 'it or its mask is missing')
  try {
    const { labels } = await model.predict(codec.decodeRgb(shown))
    const expected = codec.decodeIndex(drawn)
    if (expected.width !== labels.width || expected.height !== labels.height) return failed(photo, 'its mask has another size')
    const share = labels.data.reduce((n, label, i) => n + Number(label !== expected.data[i]), 0) / labels.data.length
    const told = `${(share * 100).toFixed(3)} % of its pixels differ from its mask`
    return share <= sampleLimit ? passed(photo, `gives its mask again; ${told}`) : failed(photo, told)
  } catch (error) {
    return failed(photo, `cannot be run: ${error instanceof Error ? error.message : String(error)}`)
  }
}
