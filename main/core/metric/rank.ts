/**
 * Ranks of values, 1 .. n; equal values share the mean of their places.
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b])
  const out = new Float64Array(values.length)
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]] === values[order[from]]) to++
    for (let k = from; k < to; k++) out[order[k]] = (from + 1 + to) / 2
  }
  return out
}

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks, -1 .. 1; it asks only whether one list rises with the other.
 *
 * Spearman, The proof and measurement of association between two things, 1904.
 *
 * @returns null for fewer than three pairs, or where all values of a list are equal.
 * @throws RangeError if the lists differ in length.
 */
export function spearman(a: readonly number[], b: readonly number[]): number | null {
  if (a.length !== b.length) throw new RangeError(`expected ${a.length} values, got ${b.length}`)
  if (a.length < 3) return null
  const [x, y] = [ranks(a), ranks(b)]
  const middle = (a.length + 1) / 2
  let both = 0, ofX = 0, ofY = 0
  for (let i = 0; i < x.length; i++) {
    both += (x[i] - middle) * (y[i] - middle)
    ofX += (x[i] - middle) ** 2
    ofY += (y[i] - middle) ** 2
  }
  return ofX > 0 && ofY > 0 ? both / Math.sqrt(ofX * ofY) : null
}

/**
 * How much more often a value of the first list is the larger one of a pair, one from each: 1 always, 0 as often as not or more seldom.
 *
 * 2 AUC - 1, the area under the ROC curve by ranks (Mann and Whitney, 1947), not below 0.
 *
 * @returns null where a list is empty.
 */
export function dominance(inside: Float32Array, outside: Float32Array): number | null {
  if (inside.length === 0 || outside.length === 0) return null
  const [a, b] = [inside.slice().sort(), outside.slice().sort()]
  let wins = 0
  for (let i = 0, under = 0, upTo = 0; i < a.length; i++) {
    while (under < b.length && b[under] < a[i]) under++
    while (upTo < b.length && b[upTo] <= a[i]) upTo++
    wins += (under + upTo) / 2
  }
  return Math.max(0, (2 * wins) / (a.length * b.length) - 1)
}
