import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { AppError } from '../../preload/contract/error.ts'
import type { Instance } from './instances.ts'

const Share = z.number().min(0).max(1)
const Range = z.tuple([Share, Share]).refine(([low, high]) => low <= high, 'expected the smaller number first')
const Count = z.strictObject({ min: z.int().min(0).default(0), max: z.int().min(0).optional() })
  .refine(({ min, max }) => max === undefined || min <= max, 'expected min not above max')

/** What is asked of one workpiece. Area, position and confidence are asked of each of its pieces. */
const Rule = z.strictObject({
  /** true: at least one piece; false: none; or how many. */
  present: z.union([z.boolean(), Count]).default(true),
  /** Share of the picture, [smallest, largest]. */
  area: Range.optional(),
  /** Where the centroid must lie, as shares of width and height from the upper left. */
  position: z.strictObject({ x: Range, y: Range }).optional(),
  /** The least mean confidence. */
  confidence: Share.optional(),
})
export const Rules = z.strictObject({ workpieces: z.record(z.string(), Rule) })
export type Rules = z.output<typeof Rules>

export interface Reason {
  readonly workpiece: string
  readonly rule: 'present' | 'area' | 'position' | 'confidence'
  readonly reason: string
}
export interface Verdict {
  readonly verdict: 'pass' | 'fail'
  readonly reasons: readonly Reason[]
}

/**
 * Reads rules for a model's workpieces.
 *
 * @throws AppError `rules-unreadable` where the file is missing, no such JSON, or names a workpiece that the model does not know.
 */
export function readRules(file: string, workpieces: readonly string[]): Rules {
  const rules = parseRules(file)
  const strange = Object.keys(rules.workpieces).find((name) => !workpieces.includes(name))
  if (strange !== undefined) throw unreadable(file, `the model does not know the workpiece "${strange}"; it knows ${workpieces.join(', ')}`)
  return rules
}

function parseRules(file: string): Rules {
  try {
    return Rules.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw unreadable(file, error instanceof z.ZodError ? z.prettifyError(error).replace(/\s*\n\s*/g, ' ') : (error as Error).message)
  }
}

const unreadable = (file: string, why: string) => new AppError({
  code: 'rules-unreadable', subject: file,
  message: `The rules ${file} cannot be used: ${why}.`,
  advice: 'Write them as docs/serve.md shows.',
})

/** Judges the pieces of a picture of the given size. */
export function judge(rules: Rules, instances: readonly Instance[], size: { width: number; height: number }): Verdict {
  const reasons = Object.entries(rules.workpieces).flatMap(([workpiece, rule]) => {
    const pieces = instances.filter((instance) => instance.workpiece === workpiece)
    const found = [presence(workpiece, rule.present, pieces.length), ...pieces.flatMap((piece) => pieceReasons(rule, piece, size))]
    return found.filter((reason) => reason !== null)
  })
  return { verdict: reasons.length === 0 ? 'pass' : 'fail', reasons }
}

function presence(workpiece: string, present: Rules['workpieces'][string]['present'], count: number): Reason | null {
  const { min, max = Infinity } = present === true ? { min: 1 } : present === false ? { min: 0, max: 0 } : present
  if (count >= min && count <= max) return null
  const wanted = max === Infinity ? `at least ${min}` : min === max ? `${min === 0 ? 'none' : `exactly ${min}`}` : `${min} to ${max}`
  return { workpiece, rule: 'present', reason: `${workpiece}: ${count} found, ${wanted} wanted.` }
}

function pieceReasons(rule: Rules['workpieces'][string], piece: Instance, size: { width: number; height: number }): (Reason | null)[] {
  const { workpiece, share, centroid, confidence } = piece
  const [x, y] = [centroid[0] / size.width, centroid[1] / size.height]
  const said = (name: Reason['rule'], reason: string): Reason => ({ workpiece, rule: name, reason: `${workpiece} at ${where(x, y)}: ${reason}` })
  const outside = (value: number, [low, high]: readonly [number, number]) => value < low || value > high
  return [
    rule.area && outside(share, rule.area)
      ? said('area', `covers ${percent(share)} of the picture, ${percent(rule.area[0])} to ${percent(rule.area[1])} wanted.`) : null,
    rule.position && (outside(x, rule.position.x) || outside(y, rule.position.y))
      ? said('position', `its middle must lie within x ${rule.position.x.join(' to ')}, y ${rule.position.y.join(' to ')} of the picture.`) : null,
    rule.confidence !== undefined && confidence < rule.confidence
      ? said('confidence', `the model is sure to ${percent(confidence)}, at least ${percent(rule.confidence)} wanted.`) : null,
  ]
}

const where = (x: number, y: number) => `x ${x.toFixed(2)}, y ${y.toFixed(2)}`
const percent = (value: number) => `${Number((value * 100).toFixed(2))} %`
