/** Pictures looked at when few are wanted: five a second, so that the one taken is fresh and the processor rests, s. */
export const glanceS = 0.2

/** Says of each picture whether it is time for one, by its time in ms: one every `everyS` seconds, without drift. */
export function openPace(everyS: number | undefined): (nowMs: number) => boolean {
  if (everyS === undefined || everyS <= glanceS) return () => true
  const everyMs = 1000 * everyS
  // A picture that comes half a glance early is nearer than the next.
  const earlyMs = 500 * glanceS
  let nextMs = -Infinity
  return (nowMs) => {
    if (nowMs < nextMs - earlyMs) return false
    nextMs = nowMs - nextMs > everyMs ? nowMs + everyMs : nextMs + everyMs
    return true
  }
}
