import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Codec } from '../../main/core/image/codec.ts'
import { random, type Random } from '../../main/core/random.ts'
import { importPhotos, importRenders, importTruth } from '../../main/steps/import-images.ts'
import { openStore, type Store } from '../../main/store/index.ts'
import type { Settings } from '../../preload/contract/settings.ts'

/** A line of two drawn workpieces, small enough to train on in seconds. */
export const tinyWorkpieces = ['bar', 'disc'] as const
type Shape = (typeof tinyWorkpieces)[number]

const width = 64
const height = 48

export const tinySettings: Partial<Settings> = {
  'network.backbone': 'resnet18', 'network.weights': '', 'network.width': 0.125, 'training.size': 64, 'training.crop': 0.5, 'masks.size': 64, 'slic.segments': 6000, 'refine.segments': 3000,
  'classifier.steps': 6, 'classifier.batch': 4, 'training.firstSteps': 8, 'training.steps': 6, 'training.renderBatch': 2, 'training.photoBatch': 2,
  'training.learningRate': 8e-3, 'training.firstRate': 0, 'training.backboneFactor': 1, 'augment.composite': 1,
  'refine.ratio': 0.85, 'refine.background': 0, 'refine.tags': 'fold',
  'run.rounds': 2, 'run.threads': 1, 'predict.scales': [1], 'predict.enlarge': [1], 'predict.flips': 1, 'training.checkpointSeconds': 1,
}

/** Whether a pixel lies on a shape centred at (cx, cy). */
const covers: Record<Shape, (dx: number, dy: number) => boolean> = {
  bar: (dx, dy) => Math.abs(dx) < 14 && Math.abs(dy) < 5,
  disc: (dx, dy) => Math.hypot(dx, dy) < 9,
}

/** A picture and its mask: class 0 or that of the shape. */
export function draw(shape: Shape | null, rng: Random, ground: number): { rgb: Uint8Array; mask: Uint8Array } {
  const [cx, cy] = [20 + rng.below(24), 16 + rng.below(16)]
  const rgb = new Uint8Array(width * height * 3)
  const mask = new Uint8Array(width * height)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const on = shape !== null && covers[shape](x - cx, y - cy)
      mask[i] = on ? tinyWorkpieces.indexOf(shape) + 1 : 0
      for (let c = 0; c < 3; c++) rgb[3 * i + c] = Math.max(0, Math.min(255, (on ? 200 - 20 * c : ground + 10 * c) + 8 * rng.normal()))
    }
  return { rgb, mask }
}

/** Writes renders, photos and truth as files and gives their folder. */
export function writeTinyLine(codec: Codec, { truth = true } = {}): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'maskwright-line-'))
  const save = (path: string, bytes: Uint8Array | string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), bytes)
  }
  const png = (data: Uint8Array) => codec.encodePng({ width, height, data })
  const tags: Record<string, string[]> = {}
  for (const shape of tinyWorkpieces) {
    for (let i = 0; i < 4; i++) {
      const { rgb, mask } = draw(shape, random('render', shape, i), 90)
      save(`renders/${shape}/${i}.png`, png(rgb))
      save(`renders/${shape}/${i}_mask.png`, png(mask.map((label) => (label ? 255 : 0))))
    }
    for (let i = 0; i < 5; i++) {
      const name = `bench/${shape}/${i}`
      const { rgb, mask } = draw(shape, random('photo', shape, i), 40)
      save(`photos/${name}.png`, png(rgb))
      tags[`${name}.png`] = [shape]
      if (truth && i === 4) save(`truth/${name}.png`, png(mask))
    }
  }
  save('photos/bench/empty/0.png', png(draw(null, random('photo', 'empty'), 40).rgb))
  tags['bench/empty/0.png'] = []
  save('tags.json', JSON.stringify(tags))
  save('classes.json', JSON.stringify(Object.fromEntries(tinyWorkpieces.map((name, i) => [i + 1, name]))))
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** A project that holds the tiny line. */
export async function tinyProject(codec: Codec, line: string, dir: string): Promise<Store> {
  const store = openStore(dir, { create: true })
  await importRenders(store, codec, join(line, 'renders'))
  await importPhotos(store, codec, join(line, 'photos'), { tags: join(line, 'tags.json') })
  await importTruth(store, codec, join(line, 'truth'), { classes: join(line, 'classes.json') })
  return store
}

/** All that a run made, by hashes: round, photo, mask. */
export const masksOf = (store: Store, runId: number) =>
  store.rounds.list(runId).flatMap(({ round }) => store.rounds.masks(runId, round).map((mask) => `${round} ${mask.imageId} ${mask.maskSha} ${mask.confidenceSha}`))
