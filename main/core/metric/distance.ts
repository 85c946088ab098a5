/**
 * How far two samples of one number lie apart: the area between their distribution functions, in the number's unit.
 *
 * Wasserstein distance of order 1; Rubner et al., IJCV 2000, "The earth mover's distance". https://doi.org/10.1023/A:1026543900054
 *
 * @throws RangeError if one of them is empty.
 */
export function transportDistance(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) throw new RangeError(`expected two samples, got ${a.length} and ${b.length} numbers`)
  const steps = [...a.map((value) => ({ value, step: 1 / a.length })), ...b.map((value) => ({ value, step: -1 / b.length }))].sort((p, q) => p.value - q.value)
  let ahead = 0
  let area = 0
  for (let i = 0; i + 1 < steps.length; i++) {
    ahead += steps[i].step
    area += Math.abs(ahead) * (steps[i + 1].value - steps[i].value)
  }
  return area
}

/**
 * How far two samples of vectors lie apart, 0 (alike) .. 1 (each lies in one point of its own).
 *
 * Energy coefficient of inhomogeneity; Szekely and Rizzo, Journal of Statistical Planning and Inference 2013, "Energy statistics".
 * https://doi.org/10.1016/j.jspi.2013.03.018
 *
 * @param a Vectors of one length, [N, dimensions]. @param b [M, dimensions].
 * @throws RangeError if one of them is empty or not whole.
 */
export function energyDistance(a: Float32Array, b: Float32Array, dimensions: number): number {
  for (const { length } of [a, b]) if (length === 0 || length % dimensions !== 0) throw new RangeError(`expected vectors of ${dimensions} numbers, got ${length} numbers`)
  const between = meanDistance(a, b, dimensions)
  if (between === 0) return 0
  return Math.max(0, (2 * between - meanDistance(a, a, dimensions) - meanDistance(b, b, dimensions)) / (2 * between))
}

function meanDistance(a: Float32Array, b: Float32Array, dimensions: number): number {
  let sum = 0
  for (let i = 0; i < a.length; i += dimensions)
    for (let j = 0; j < b.length; j += dimensions) {
      let square = 0
      for (let k = 0; k < dimensions; k++) square += (a[i + k] - b[j + k]) ** 2
      sum += Math.sqrt(square)
    }
  return (sum * dimensions ** 2) / (a.length * b.length)
}

/**
 * The value below which a share of a sample lies, between the values beside it by a straight line.
 *
 * @param share 0 .. 1.
 * @throws RangeError if the sample is empty.
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('expected a sample, got no number')
  const sorted = values.toSorted((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low])
}
