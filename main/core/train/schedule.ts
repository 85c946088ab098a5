export interface ScheduleOptions {
  readonly name: 'constant' | 'cosine' | 'poly'
  /** Largest step width. */
  readonly rate: number
  /** Steps of the whole training. */
  readonly steps: number
  /** Power of `poly`. */
  readonly power?: number
  /** Steps over which the width rises linearly. */
  readonly warmup?: number
}

/**
 * Step width at a step.
 *
 * constant: rate; cosine: rate (1 + cos(pi t / T)) / 2 (Loshchilov & Hutter, ICLR 2017, eq. 5 without restarts);
 * poly: rate (1 - t / T)^power (Chen et al., TPAMI 2018, section 4.1). During warm-up times (t + 1) / warmup.
 *
 * @param step t, 0 .. steps - 1; later steps keep the last one's width.
 * @throws RangeError on an unknown name, or where step is negative or steps is not positive.
 */
export function learningRate({ name, rate, steps, power = 0.9, warmup = 0 }: ScheduleOptions, step: number): number {
  if (!(steps > 0)) throw new RangeError(`expected a positive number of steps, got ${steps}`)
  if (!(step >= 0)) throw new RangeError(`expected a step of 0 or more, got ${step}`)
  const t = Math.min(step, steps - 1)
  const rise = warmup > 0 ? Math.min(1, (t + 1) / warmup) : 1
  switch (name) {
    case 'constant': return rate * rise
    case 'cosine': return (rate * rise * (1 + Math.cos((Math.PI * t) / steps))) / 2
    case 'poly': return rate * rise * (1 - t / steps) ** power
    default: throw new RangeError(`expected constant, cosine or poly, got ${String(name)}`)
  }
}
