import type { Constant, OnnxModel } from './model.ts'

/** Batch sizes of the two traces: primes that occur nowhere else, so that what differs is the batch's. */
export const batchProbes = [7907, 7919] as const

/**
 * One model for batches of any size from the same model traced at two sizes: a shape that differs between them is that of a Reshape,
 * and its differing entry is left open (-1).
 *
 * @throws RangeError where the batch shows anywhere else.
 */
export function anyBatch(a: OnnxModel, b: OnnxModel): OnnxModel {
  if (JSON.stringify(a.nodes) !== JSON.stringify(b.nodes) || a.constants.length !== b.constants.length)
    throw new RangeError('expected the same nodes at every batch size, got others')
  const constants = a.constants.map((constant, i) => opened(constant, b.constants[i], a))
  return { ...a, constants }
}

function opened(a: Constant, b: Constant, { nodes }: OnnxModel): Constant {
  const differing = a.shape.join() === b.shape.join() ? positions(a, b) : [-1]
  if (differing.length === 0) return a
  const users = nodes.filter(({ inputs }) => inputs.includes(a.name))
  if (differing.length > 1 || differing[0] < 0 || a.type !== 'int64' || !users.every(({ type, inputs }) => type === 'Reshape' && inputs[1] === a.name && inputs[0] !== a.name))
    throw new RangeError(`expected the batch in shapes of Reshape alone, got it in ${users.map(({ type }) => type).join(', ')}`)
  return { ...a, values: Array.from(a.values, (value, i) => (i === differing[0] ? -1 : value)) }
}

function positions(a: Constant, b: Constant): number[] {
  const found: number[] = []
  for (let i = 0; i < a.values.length; i++) if (a.values[i] !== b.values[i]) found.push(i)
  return found
}
