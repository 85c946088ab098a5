import { size } from './layout.ts'
import type { TensorSpec, Values } from './types.ts'

/**
 * Values as they cross the engine's border, seen to fit.
 *
 * @throws TypeError where they are missing or of another type, RangeError where their number is not that of the shape.
 */
export function checked(name: string, { shape, dtype }: TensorSpec, values: Values | undefined): Values {
  const wanted = dtype === 'int32' ? Int32Array : Float32Array
  if (!(values instanceof wanted)) throw new TypeError(`expected '${name}' as ${wanted.name}, got ${values?.constructor.name ?? 'nothing'}`)
  if (values.length === size(shape)) return values
  throw new RangeError(`expected ${size(shape)} values for '${name}' of shape [${shape.join(', ')}], got ${values.length}`)
}

/**
 * Names as they cross the border, seen to be known.
 *
 * @throws TypeError on one that is not.
 */
export function requireKnown(names: readonly string[], known: readonly string[], kind: string) {
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new TypeError(`expected ${kind} ${known.join(', ') || '(none)'}, got '${unknown}'`)
}
