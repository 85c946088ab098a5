import type { Progress } from '../../preload/contract/model.ts'

/** Seconds over which a rate is averaged. */
const memory = 10
/** Milliseconds between two drawings on a terminal, and between two lines elsewhere. */
const drawEvery = { terminal: 100, file: 5000 }

/** Rate and time left from a series of counts: an exponential average, so that a slow start is soon forgotten. */
export function rateMeter() {
  let last: { done: number; atMs: number } | null = null
  let rate = 0
  let seen = 0
  return {
    /** Things a second, or 0 while unknown. */
    update(done: number, atMs: number): number {
      if (last && done > last.done && atMs > last.atMs) {
        const seconds = (atMs - last.atMs) / 1000
        const weight = 1 - Math.exp(-seconds / memory)
        seen += (1 - seen) * weight
        rate += ((done - last.done) / seconds - rate) * weight
        last = { done, atMs }
      }
      last ??= { done, atMs }
      return seen > 0 ? rate / seen : 0
    },
  }
}

/** `75` -> `1:15`, `4000` -> `1:06:40`. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  const pad = (n: number) => String(n).padStart(2, '0')
  return s < 3600 ? `${Math.floor(s / 60)}:${pad(s % 60)}` : `${Math.floor(s / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`
}

/** Draws one bar a step on a terminal, or one line every few seconds where the output is not a terminal. */
export function progressBar(out: NodeJS.WriteStream, now = () => performance.now()) {
  let current = ''
  let drawnAt = -Infinity
  let startedAt = 0
  let meter = rateMeter()
  let unfinished = false

  const line = (p: Progress, rate: number) => {
    const share = p.total > 0 ? p.done / p.total : 0
    const bar = '#'.repeat(Math.round(share * 24)).padEnd(24, '.')
    const left = p.done >= p.total ? `in ${clock((now() - startedAt) / 1000)}` : rate > 0 ? `${clock((p.total - p.done) / rate)} left` : ''
    const loss = p.values?.loss === undefined ? '' : ` loss ${p.values.loss.toFixed(3)}`
    const name = p.round === undefined ? p.step : `${p.step} (round ${p.round})`
    if (p.total === 0) return `${name.padEnd(26)} ${p.done} ${p.unit}`
    return `${name.padEnd(26)} [${bar}] ${p.done}/${p.total} ${p.unit}${rate > 0 ? `, ${rate.toFixed(1)}/s` : ''} ${left}${loss}`
  }
  const end = () => {
    if (unfinished && out.isTTY) out.write('\n')
    unfinished = false
  }
  return {
    draw(p: Progress) {
      const id = `${p.step}/${p.round}/${p.unit}`
      if (id !== current) {
        end()
        current = id
        meter = rateMeter()
        startedAt = now()
        drawnAt = -Infinity
      }
      const rate = meter.update(p.done, now())
      const last = p.total > 0 && p.done >= p.total
      if (!last && now() - drawnAt < (out.isTTY ? drawEvery.terminal : drawEvery.file)) return
      drawnAt = now()
      out.write(out.isTTY ? `\r\x1b[K${line(p, rate)}${last ? '\n' : ''}` : `${line(p, rate)}\n`)
      unfinished = !last
    },
    end,
  }
}
