import { parentPort, workerData } from 'node:worker_threads'
import { random } from '../core/random.ts'
import { makeEnvironment, roomSky, type Environment } from '../core/render/environment.ts'
import { renderPart, type Part, type RenderOptions } from '../core/render/render.ts'

/** Thread entry: renders of one part; a number in, that render out. */

export interface RenderJob {
  readonly part: Part
  readonly options: Partial<RenderOptions>
  readonly seed: number
}

const rooms = 16
/** Of five renders, three show the part as it lies, two from anywhere. */
const posesInTurn = ['resting', 'sphere', 'resting', 'sphere', 'resting'] as const
const made = new Map<number, Environment>()

function room(seed: number, number: number): Environment {
  const known = made.get(number) ?? makeEnvironment(roomSky(random(seed, 'room', number)))
  made.set(number, known)
  return known
}

parentPort?.on('message', (number: number) => {
  const { part, options, seed } = workerData as RenderJob
  const environments = [room(seed, number % rooms)]
  const pose = posesInTurn[number % posesInTurn.length]
  const { image, mask } = renderPart(part, { pose, environments, ...options }, random(seed, 'render-cad', number))
  parentPort!.postMessage({ image, mask }, [image.data.buffer as ArrayBuffer, mask.data.buffer as ArrayBuffer])
})
