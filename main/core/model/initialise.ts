import { random } from '../random.ts'
import type { ParameterSpec, ParameterSpecs } from './network.ts'

/**
 * Starting values of a network: filters He normal over the fan-out, those of scores over the fan-in, norms the identity.
 *
 * He et al., ICCV 2015, section 2.2 (backward and forward case; scores near zero would hold back training by small steps).
 * The same seed and name give the same values, whatever else the network has.
 *
 * @param options.zeroResidual Whether residual branches start at zero (Goyal et al., 2017, section 5.1).
 * @returns Values by name, in the shapes of `parameters`.
 */
export function initialise(
  parameters: ParameterSpecs, seed: number, options: { zeroResidual?: boolean } = {},
): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {}
  for (const [name, spec] of Object.entries(parameters)) values[name] = startOf(name, spec, seed, options.zeroResidual ?? false)
  return values
}

function startOf(name: string, spec: ParameterSpec, seed: number, zeroResidual: boolean): Float32Array {
  const data = new Float32Array(spec.shape.reduce((product, n) => product * n, 1))
  switch (spec.init) {
    case 'zeros': return data
    case 'ones': return data.fill(1)
    case 'residual': return data.fill(zeroResidual ? 0 : 1)
    case 'score': return normals(data, Math.sqrt(2 / spec.shape[2]), name, seed)
    case 'he': return normals(data, Math.sqrt(2 / fanOut(spec.shape)), name, seed)
  }
}

/** Values each input value reaches. */
function fanOut([height, width, , output]: readonly number[]): number {
  return height * width * output
}

function normals(data: Float32Array, deviation: number, name: string, seed: number): Float32Array {
  const { normal } = random(seed, 'initialise', name)
  for (let i = 0; i < data.length; i++) data[i] = deviation * normal()
  return data
}
