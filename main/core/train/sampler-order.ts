import { random } from '../random.ts'

/**
 * An endless even draw from groups: every group comes up once before any comes up again, and within a group every member does.
 * The draw with a given number is always the same, so that any step can be replayed alone.
 *
 * @param groups Members of each group; empty groups are left out.
 * @returns A function from the number of the draw (0, 1, 2 ...) to a member, or null where there is no member at all.
 */
export function evenOrder<T>(groups: readonly (readonly T[])[], ...keys: (string | number)[]): ((draw: number) => T) | null {
  const filled = groups.filter((group) => group.length > 0)
  if (filled.length === 0) return null
  const turns = filled.map((_, i) => i)
  const cache = new Map<string, readonly unknown[]>()
  const shuffled = <U>(list: readonly U[], name: string, lap: number): readonly U[] => {
    const held = cache.get(`${name} ${lap}`)
    if (held) return held as readonly U[]
    if (cache.size > 1000) cache.clear()
    const order = random(...keys, name, lap).shuffle(list)
    cache.set(`${name} ${lap}`, order)
    return order
  }
  return (draw) => {
    const lap = Math.floor(draw / filled.length)
    const group = shuffled(turns, 'groups', lap)[draw % filled.length]
    const members = filled[group]
    return shuffled(members, `members ${group}`, Math.floor(lap / members.length))[lap % members.length]
  }
}
