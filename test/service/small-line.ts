import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Settings } from '../../preload/contract/settings.ts'

const sample = resolve('resources/sample')

/** A folder with a few renders, photos and truth of two workpieces of the sample line: enough to train for a minute. */
export function smallLine(dir: string): string {
  const tags = JSON.parse(readFileSync(join(sample, 'tags.json'), 'utf8')) as Record<string, string[]>
  const kept: Record<string, string[]> = {}
  const take = (path: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    cpSync(join(sample, path), join(dir, path))
  }
  for (const name of ['bolt', 'gear'])
    for (let i = 0; i < 4; i++) for (const end of ['.jpg', '_mask.png']) take(`renders/${name}/00${i}${end}`)
  for (const name of ['bolt', 'gear'])
    for (let i = 0; i < 4; i++) {
      const photo = `wood/${name}/00${i}.jpg`
      kept[photo] = tags[photo]
      take(`photos/${photo}`)
    }
  for (const name of ['bolt', 'gear']) take(`truth/wood/${name}/000.png`)
  take('classes.json')
  writeFileSync(join(dir, 'tags.json'), JSON.stringify(kept))
  return dir
}

/** Settings under which a run takes seconds; what it finds is worth nothing. */
export const tiny: Partial<Settings> = {
  'run.rounds': 2, 'run.threads': 1, 'network.weights': '', 'network.width': 0.125, 'classifier.steps': 4, 'classifier.batch': 2, 'cam.scales': [1], 'cam.flip': false,
  'training.size': 64, 'training.firstSteps': 8, 'training.steps': 8, 'training.renderBatch': 1, 'training.photoBatch': 1,
  'training.checkpointSeconds': 1, 'predict.scales': [1], 'predict.enlarge': [1], 'predict.flips': 1, 'slic.segments': 100, 'refine.segments': 100, 'crf.iterations': 1,
}
