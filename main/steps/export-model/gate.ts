import { AppError } from '../../../preload/contract/error.ts'
import type { Form, Precision } from './build.ts'
import type { Parity } from './parity.ts'

/** Share of pixels that may differ from the trained network. */
export const disagreementLimits: Readonly<Record<Precision, number>> = { float32: 0.001, float16: 0.005, int8: 0.01 }
/** mIoU that may be lost on photos with truth. */
const largestLoss = 0.005
/** What int8 is for: to weigh a quarter at most, and to be faster. */
const int8Size = 0.25
const int8Speed = 1.5

/** What the written model weighs and how fast it is here, beside the same model in float32. */
export interface Costs {
  readonly bytes: number
  readonly wholeBytes: number
  /** Milliseconds a photo, the middle one of several. */
  readonly ms: number
  readonly wholeMs: number
}

const percent = (share: number, digits = 2) => `${(share * 100).toFixed(digits)} %`

/** Why a model may not leave, in sentences; none where it may. */
export function faults({ precision }: Pick<Form, 'precision'>, { disagreement, photos, miou }: Parity, costs: Costs): string[] {
  const found: string[] = []
  const limit = disagreementLimits[precision]
  if (!(disagreement <= limit))
    found.push(`The written model differs from the trained network on ${percent(disagreement)} of the pixels of ${photos} photos; ${precision} may differ on ${percent(limit, 1)}.`)
  if (miou && !(miou.trained - miou.written <= largestLoss))
    found.push(`Its mIoU on photos with truth is ${percent(miou.written)} where the trained network has ${percent(miou.trained)}; it may lose 0.5 points.`)
  if (precision !== 'int8') return found
  if (!(costs.bytes <= int8Size * costs.wholeBytes))
    found.push(`It weighs ${percent(costs.bytes / costs.wholeBytes, 1)} of the float32 model, not a quarter.`)
  if (!(costs.wholeMs >= int8Speed * costs.ms))
    found.push(`It takes ${costs.ms.toFixed(1)} ms a photo where float32 takes ${costs.wholeMs.toFixed(1)} ms: ${(costs.wholeMs / costs.ms).toFixed(1)} times as fast, not ${int8Speed} times.`)
  return found
}

/** The refusal, with the photos that differ most. */
export function refused({ why, parity: { differing } }: { why: readonly string[]; parity: Parity }): AppError {
  const most = differing.slice(0, 5).map(({ name, disagreement }) => `${name} (${percent(disagreement)})`)
  return new AppError({
    code: 'export-refused',
    message: `${why.join(' ')}${most.length > 0 ? ` Most differ: ${most.join(', ')}.` : ''}`,
    advice: 'Nothing was written. Export as float32 or float16, which keep to what was trained.',
  })
}
