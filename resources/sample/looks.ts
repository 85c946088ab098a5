import type { Random } from '../../main/core/random.ts'
import { directionBetween } from '../../main/core/render/pose.ts'
import type { Material } from '../../main/core/render/shade.ts'
import type { WorkpieceName } from './workpieces.ts'

/** How each workpiece leaves the workshop: the bolt blackened, the flange cast, the gear brass. Renders know none of it. */
export const looks: Record<WorkpieceName, (size: number, rng: Random) => Material> = {
  bolt: (size, rng) => ({
    colour: tone([0.16, 0.16, 0.18], rng), metal: 1, roughness: rng.between(0.3, 0.5),
    grain: { strength: rng.between(0.03, 0.1), length: size * 0.012, along: directionBetween(-1, 1, rng) },
  }),
  flange: (size, rng) => ({
    colour: tone([0.8, 0.81, 0.83], rng), metal: 1, roughness: rng.between(0.45, 0.7),
    grain: { strength: rng.between(0.08, 0.18), length: size * rng.between(0.01, 0.03) },
  }),
  gear: (size, rng) => ({
    colour: tone([0.85, 0.66, 0.3], rng), metal: 1, roughness: rng.between(0.2, 0.4),
    grain: { strength: rng.between(0.02, 0.1), length: size * 0.012, along: directionBetween(-1, 1, rng) },
  }),
}

/** A colour lighter or darker by chance, as lots differ. */
function tone(colour: readonly [number, number, number], rng: Random): [number, number, number] {
  const factor = rng.between(0.8, 1.15)
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor]
}
