/** Seeded random numbers. Streams are named, so that a step can be replayed alone. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** Integer in 0 .. n - 1. */
  below(n: number): number
  /** Standard normal (Box-Muller). */
  normal(): number
  /** True with probability p. */
  chance(p: number): boolean
  /** One element. Throws RangeError on an empty list. */
  pick<T>(list: readonly T[]): T
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(list: readonly T[]): T[]
}

/** FNV-1a, 32 bit. http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hash32(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/**
 * A stream of random numbers, the same for the same keys (mulberry32).
 *
 * @param keys Names and numbers that identify the stream, such as (seed, 'augment', round, step).
 */
export function random(...keys: (string | number)[]): Random {
  let state = hash32(keys.join('\u0000'))
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n: number) => Math.floor(uniform() * n)
  return {
    uniform,
    below,
    between: (low, high) => low + (high - low) * uniform(),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    chance: (p) => uniform() < p,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('expected a list with elements, got an empty one')
      return list[below(list.length)]
    },
    shuffle: (list) => {
      const out = [...list]
      for (let i = out.length - 1; i > 0; i--) {
        const j = below(i + 1)
        ;[out[i], out[j]] = [out[j], out[i]]
      }
      return out
    },
  }
}
