/** Finds thresholds over values that are read twice, one picture at a time, in bounded memory. */
export interface ThresholdSelector {
  /** True once `thresholds` can be asked. */
  readonly done: boolean
  /** Takes in one picture: confidences of 0 or more and, with more than one class, the class of each pixel (255 = skip). */
  add(confidence: Float32Array, classes?: Uint8Array): void
  /** Ends a pass over all pictures; every pass must add the same values, in any order. */
  endPass(): void
  /** One threshold per class; null for a class without pixels. Throws RangeError before `done`. */
  thresholds(): (number | null)[]
}

/** A threshold per class, or one for all. */
export type Thresholds = number | readonly (number | null)[]

const HALF = 65536

/**
 * Adaptive threshold: the value at index min(floor(n * ratio), n - 1) of all n confidences sorted descending, exactly, without
 * sorting: positive float32 values order like their bits, so two histograms of 16 bits each find it.
 *
 * Method, section 5 (Algorithm 2): threshold = S[floor(length * ratio)].
 *
 * @param ratio Share of pixels that keep their label, 0..1.
 * @param classes 1 = one threshold over all pixels (default), else one per class.
 * @param background The same of the background, class 0, where every class has a threshold; none = the share of the others.
 * @throws RangeError if a ratio is outside 0..1, classes under 1 or (on add) a value is negative or no number.
 */
export function thresholdSelector(ratio: number, classes = 1, background = ratio): ThresholdSelector {
  for (const share of [ratio, background]) if (!(share >= 0 && share <= 1)) throw new RangeError(`expected a ratio of 0 to 1, got ${share}`)
  if (!Number.isInteger(classes) || classes < 1) throw new RangeError(`expected at least 1 class, got ${classes}`)
  const picks = Array.from({ length: classes }, (_, c) => ({ share: classes > 1 && c === 0 ? background : ratio, histogram: new Uint32Array(HALF), high: -1, rest: 0, value: NaN }))
  let pass = 0
  return {
    get done() { return pass === 2 },
    add(confidence, classOf) {
      if (pass === 2) throw new RangeError('expected no values after the second pass, got some')
      if (classes > 1 && classOf?.length !== confidence.length)
        throw new RangeError(`expected ${confidence.length} classes, got ${classOf?.length ?? 'none'}`)
      const bits = new Uint32Array(confidence.buffer, confidence.byteOffset, confidence.length)
      for (let i = 0; i < bits.length; i++) {
        const c = classes > 1 ? classOf![i] : 0
        if (c >= classes) continue
        if (!(confidence[i] >= 0)) throw new RangeError(`expected confidences of 0 or more, got ${confidence[i]}`)
        const { histogram, high } = picks[c]
        const b = bits[i] & 0x7fffffff
        if (pass === 0) histogram[b >>> 16]++
        else if (b >>> 16 === high) histogram[b & 0xffff]++
      }
    },
    endPass() {
      for (const pick of picks) {
        if (pass === 0) {
          const n = pick.histogram.reduce((a, b) => a + b, 0)
          const found = descend(pick.histogram, Math.min(Math.floor(n * pick.share), n - 1))
          pick.high = found.bin
          pick.rest = found.rest
          pick.histogram.fill(0)
        } else if (pick.high >= 0) {
          const low = descend(pick.histogram, pick.rest).bin
          pick.value = new Float32Array(Uint32Array.of(pick.high * HALF + low).buffer)[0]
        }
      }
      pass++
    },
    thresholds() {
      if (pass < 2) throw new RangeError(`expected 2 passes before the thresholds, got ${pass}`)
      return picks.map(({ high, value }) => (high < 0 ? null : value))
    },
  }
}

/** The bin that holds the index-th value from the top, and its index within that bin; bin -1 where there is none. */
function descend(histogram: Uint32Array, index: number): { bin: number; rest: number } {
  let rest = index
  for (let bin = HALF - 1; bin >= 0 && index >= 0; bin--) {
    if (rest < histogram[bin]) return { bin, rest }
    rest -= histogram[bin]
  }
  return { bin: -1, rest: 0 }
}

/**
 * The adaptive threshold of pictures that are all in memory.
 *
 * @throws RangeError if there is no value, or as `thresholdSelector` does.
 */
export function adaptiveThreshold(confidences: readonly Float32Array[], ratio: number): number {
  const selector = thresholdSelector(ratio)
  while (!selector.done) {
    for (const confidence of confidences) selector.add(confidence)
    selector.endPass()
  }
  const [threshold] = selector.thresholds()
  if (threshold === null) throw new RangeError('expected at least one value, got none')
  return threshold
}
