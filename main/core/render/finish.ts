import type { Random } from '../random.ts'
import type { Vector } from './camera.ts'
import { directionBetween } from './pose.ts'
import type { Material } from './shade.ts'

/** Finishes of machined parts. */
export const finishes = ['polished', 'brushed', 'cast', 'matt', 'painted'] as const
export type Finish = (typeof finishes)[number]

/** Linear colours that bare metals mirror: steel, aluminium, blackened steel, brass, bronze. */
const metals: readonly Vector[] = [[0.56, 0.57, 0.58], [0.88, 0.89, 0.9], [0.2, 0.2, 0.21], [0.85, 0.7, 0.38], [0.7, 0.55, 0.42]]
const metalOdds = [0, 0, 0, 0, 1, 1, 1, 2, 3, 4] as const

/**
 * A material of one finish, its colour, roughness and grain drawn by chance.
 *
 * @param size Radius of the part, to which the grain is scaled.
 */
export function drawMaterial(finish: Finish, size: number, rng: Random): Material {
  const tone = rng.between(0.75, 1.1)
  const metalColour = metals[rng.pick(metalOdds)].map((value) => Math.min(0.95, value * tone)) as unknown as Vector
  switch (finish) {
    case 'polished':
      return { colour: metalColour, metal: 1, roughness: rng.between(0.08, 0.25), grain: { strength: rng.between(0, 0.03), length: size * 0.2 } }
    case 'brushed':
      return {
        colour: metalColour, metal: 1, roughness: rng.between(0.25, 0.45),
        grain: { strength: rng.between(0.05, 0.15), length: size * 0.012, along: directionBetween(-1, 1, rng) },
      }
    case 'cast':
      return {
        colour: metalColour, metal: 1, roughness: rng.between(0.5, 0.8),
        grain: { strength: rng.between(0.08, 0.22), length: size * rng.between(0.01, 0.04) },
      }
    case 'matt': {
      const grey = rng.between(0.08, 0.7)
      return { colour: [grey, grey * rng.between(0.96, 1.02), grey * rng.between(0.92, 1.04)], metal: 0, roughness: rng.between(0.6, 1) }
    }
    case 'painted':
      return {
        colour: [rng.between(0.03, 0.7), rng.between(0.03, 0.7), rng.between(0.03, 0.7)], metal: 0, roughness: rng.between(0.15, 0.6),
      }
  }
}
