import { openModel, type Model } from '../../core/engine/export-graph.ts'
import type { RgbImage } from '../../core/image/types.ts'

const turns = 12

/**
 * Milliseconds a picture that each model takes, in turns, so that other work on the machine slows both alike: the middle of 12 turns.
 *
 * @param pictures At least one.
 */
export async function timeInTurns(models: readonly Uint8Array[], pictures: readonly RgbImage[], threads: number): Promise<number[]> {
  const open: Model[] = []
  try {
    for (const bytes of models) open.push(await openModel(bytes, { threads }))
    const times = open.map((): number[] => [])
    for (let turn = -2; turn < turns; turn++)
      for (const [i, model] of open.entries()) {
        const startedAt = performance.now()
        await model.predict(pictures[(turn + turns) % pictures.length])
        if (turn >= 0) times[i].push((performance.now() - startedAt) / (model.batch ?? 1))
      }
    return times.map((each) => each.sort((a, b) => a - b)[Math.floor(each.length / 2)])
  } finally {
    for (const model of open) await model.dispose()
  }
}
