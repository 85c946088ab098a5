import type { Random } from '../random.ts'
import type { Cutout } from './composite-cutout.ts'

/** How the surface of a pasted part looks: a colour per luma, then gains that vary over the part. */
export interface Material {
  /** Output colour per luma, [256, 3]; the part's departure from grey is added. */
  readonly ramp: Float32Array
  /** Smooth cloudiness: strength and tile pixels per canvas pixel. */
  readonly cloud: number
  readonly cloudStep: number
  /** Light and dark bands as reflections on metal, along (bandX, bandY) tile pixels per canvas pixel. */
  readonly band: number
  readonly bandX: number
  readonly bandY: number
  /** Fine streaks as of brushing or turning. */
  readonly streak: number
  readonly streakX: number
  readonly streakY: number
  /** Standard deviation of fine grain, as a share of brightness. */
  readonly grain: number
  /** Where in the noise tile this part looks. */
  readonly offset: number
}

/** A part as it was rendered. */
export function plainMaterial(): Material {
  const ramp = Float32Array.from({ length: 768 }, (_, i) => Math.floor(i / 3))
  return { ramp, cloud: 0, cloudStep: 1, band: 0, bandX: 0, bandY: 0, streak: 0, streakX: 0, streakY: 0, grain: 0, offset: 0 }
}

/**
 * Draws a random material: a smooth tone curve (60 %) or a stretched one, tint, cloudiness, bands, streaks, grain; 25 % take the
 * brightness of what they lie on.
 *
 * @param strength 0 = as rendered, 1 = fully random.
 * @param beneath Mean luma of the background there, 0..255.
 */
export function drawMaterial(rng: Random, part: Cutout, strength: number, beneath: number): Material {
  if (strength <= 0) return plainMaterial()
  const tone = rng.chance(0.6) ? drawCurve(rng, part) : stretched(rng, part)
  if (rng.chance(0.25)) matchBrightness(tone, part, beneath * rng.between(0.75, 1.25))
  const ramp = tint(rng, tone, strength)
  const metal = rng.chance(0.6), bandAngle = rng.between(0, 6.283), streakAngle = rng.between(0, 6.283)
  const bandStep = rng.between(16, 64) / part.diameter, streakStep = rng.between(8, 24)
  return {
    ramp,
    cloud: strength * rng.between(0, 0.25), cloudStep: rng.between(0.6, 4),
    band: metal ? strength * rng.between(0.1, 0.8) : 0, bandX: bandStep * Math.cos(bandAngle), bandY: bandStep * Math.sin(bandAngle),
    streak: rng.chance(0.35) ? strength * rng.between(0.05, 0.3) : 0,
    streakX: streakStep * Math.cos(streakAngle), streakY: streakStep * Math.sin(streakAngle),
    grain: rng.chance(0.5) ? strength * rng.between(0, 0.12) : 0,
    offset: rng.below(256),
  }
}

/** A smooth curve through random heights over the part's own range of luma: what a reflecting surface makes of its normals. */
function drawCurve(rng: Random, part: Cutout): Float32Array {
  const middle = rng.between(30, 225), reach = rng.between(15, 110)
  const knots = Array.from({ length: 4 + rng.below(4) }, () => middle + reach * rng.between(-1, 1))
  const tone = new Float32Array(256)
  for (let l = 0; l < 256; l++) {
    const at = position(part, l) * (knots.length - 1.0001)
    const i = Math.floor(at), t = at - i, ease = t * t * (3 - 2 * t)
    tone[l] = knots[i] + (knots[i + 1] - knots[i]) * ease
  }
  return tone
}

/** The part's own shading, stretched and shifted. */
function stretched(rng: Random, part: Cutout): Float32Array {
  const dark = rng.between(10, 170), light = dark + rng.between(15, 150), gamma = Math.exp(rng.between(-0.7, 0.7))
  return Float32Array.from({ length: 256 }, (_, l) => dark + (light - dark) * position(part, l) ** gamma)
}

function position(part: Cutout, luma: number): number {
  const reach = Math.max(12, part.high - part.low)
  return Math.min(1, Math.max(0, (luma - part.low) / reach))
}

function matchBrightness(tone: Float32Array, part: Cutout, wanted: number): void {
  let mean = 0
  for (let bin = 0; bin < 64; bin++) mean += part.histogram[bin] * tone[bin * 4 + 2]
  const shift = wanted - mean
  for (let l = 0; l < 256; l++) tone[l] = tone[l] + shift
}

function tint(rng: Random, tone: Float32Array, strength: number): Float32Array {
  const reach = rng.chance(0.25) ? 0.25 : 0.08
  const gains = [1 + reach * rng.between(-1, 1), 1 + 0.5 * reach * rng.between(-1, 1), 1 + reach * rng.between(-1, 1)]
  const ramp = new Float32Array(768)
  for (let l = 0; l < 256; l++)
    for (let c = 0; c < 3; c++)
      ramp[3 * l + c] = l + strength * (Math.min(262, Math.max(4, tone[l])) * gains[c] - l)
  return ramp
}
