/**
 * Makes the weights that preset `parts` starts from: a network learns to find machine parts that are drawn by code (parts.ts),
 * 180 of 18 kinds, and to tell the kinds apart, in light of many ways before drawn surfaces and views of the light maps. What it learns but its scores is kept.
 *
 *   node resources/backbone/make.ts [--light DIR] [--work out/backbone] [--out resources/backbone/parts.safetensors]
 *
 * About an hour and a half on two cores; a run that was stopped goes on. DIR holds EXR or HDR pictures of all directions; without it rooms are drawn.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { RenderSettings } from '../../preload/contract/render-set.ts'
import type { Settings } from '../../preload/contract/settings.ts'
import { settingsFrom } from '../../main/cli/settings.ts'
import { onnxExecutor } from '../../main/core/engine/onnxruntime.ts'
import { openCodec } from '../../main/core/image/codec.ts'
import { toTorch } from '../../main/core/model/backbone-weights.ts'
import { toHalf } from '../../main/core/onnx/halve.ts'
import { writeSafetensors } from '../../main/core/model/safetensors.ts'
import { classCount } from '../../main/steps/classes.ts'
import { segmentationNetwork } from '../../main/steps/networks.ts'
import { openPool } from '../../main/steps/pool.ts'
import { readWeights } from '../../main/steps/predictor.ts'
import { renderCad } from '../../main/steps/render-cad.ts'
import { readMaps } from '../../main/steps/render-set.ts'
import type { Run } from '../../main/steps/run.ts'
import { trainRound } from '../../main/steps/self-train.ts'
import { openStore } from '../../main/store/index.ts'
import { toStl } from '../sample/workpieces.ts'
import { drawPart, kindOf } from './parts.ts'
import { viewsOf } from './views.ts'

const { values: { light, work, out } } = parseArgs({
  options: { light: { type: 'string', default: '' }, work: { type: 'string', default: 'out/backbone' }, out: { type: 'string', default: 'resources/backbone/parts.safetensors' } },
})

const parts = 180
/** What a part is, is learnt from many small pictures of it, where it ends from fewer and larger ones. */
const stages: readonly Partial<Settings>[] = [
  { 'training.size': 128, 'training.crop': 0.5, 'training.renderBatch': 64, 'training.firstSteps': 3500, 'training.learningRate': 6e-3, 'weights.boundary': 0 },
  { 'training.size': 224, 'training.crop': 0.5, 'training.renderBatch': 24, 'training.steps': 2000, 'training.learningRate': 4e-3 },
]
const settings = settingsFrom('pretrained', {
  'network.weights': '', 'training.photosFromRound': 99, 'training.photoBatch': 0, 'training.firstRate': 0, 'training.backboneFactor': 1,
  'augment.composite': 0.25, 'augment.photoBackgrounds': 0.5, 'augment.zoomMin': 0.7, 'augment.zoomMax': 1.3,
})

const place = { 'light.map': light, 'camera.noise': 2, 'camera.darkNoise': 24, 'camera.shift': 0.9, 'camera.elevation': 25, 'camera.fillMin': 0.2, 'camera.fillMax': 0.7 } as const
const hard = { 'light.strongest': 8, 'light.softest': 0.12, 'light.lowest': 12, 'light.darkest': 0.05, 'light.brightest': 0.75 } as const
const oneLamp = { ...hard, 'light.softest': 0.06, 'light.lowest': 15, 'light.darkest': 0.08, 'light.lamps': 1 } as const
/** What lies behind, in what light, among how much else. */
const sets: readonly Partial<RenderSettings>[] = [
  { ...place, 'render.background': 'drawn', 'light.matched': 0.4, 'scene.distractors': 1 },
  { ...place, ...hard, 'render.background': 'photos', 'light.matched': 0.4, 'scene.distractors': 2, 'scene.parts': 5, 'scene.sizes': 'alike', 'camera.fillMax': 0.4 },
  { ...place, ...oneLamp, 'render.background': 'photos', 'light.matched': 0.3, 'scene.distractors': 4 },
  { ...place, ...hard, 'render.background': 'drawn', 'scene.distractors': 3, 'scene.parts': 5, 'scene.sizes': 'alike', 'camera.fillMax': 0.4 },
]
const rendersASet = 6

mkdirSync(work, { recursive: true })
const project = join(work, 'parts.maskwright')
const store = openStore(project, { create: !existsSync(project) })
const codec = await openCodec()
const signal = new AbortController().signal
let shownAt = 0
const report: Run['report'] = async ({ step, round, done, total, values }) => {
  if (performance.now() < shownAt + 60_000) return
  shownAt = performance.now()
  console.log(step, round ?? '', `${done} / ${total}`, values?.loss?.toFixed(3) ?? '')
}

if (store.images.count({ kind: 'photo' }) === 0)
  for (const [i, view] of viewsOf(readMaps(light)).entries())
    store.images.take({ kind: 'photo', name: `view ${i}`, group: 'views', width: view.width, height: view.height, sha256: store.blobs.put(codec.encodePng(view)), workpieceIds: [] })
/** A file is named for the kind, as its workpiece is then. */
const files = Array.from({ length: parts }, (_, i) => {
  const folder = join(work, 'parts', String(i).padStart(3, '0'))
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${kindOf(i)}.stl`)
  if (!existsSync(file)) writeFileSync(file, toStl(drawPart(i), `part ${i}`))
  return file
})
for (const [i, set] of sets.entries()) await renderCad(store, codec, files, { count: rendersASet, seed: 1 + i, signal, settings: set, report })

const executor = onnxExecutor('cpu', { threads: 2 })
const id = store.runs.list().at(-1)?.id ?? store.runs.create({ preset: 'pretrained', seed: 1, device: 'cpu', settings, inputHash: store.inputHash() })
const run: Run = { id, store, settings, codec, executor, pool: openPool(1), signal, report }
for (const [i, stage] of stages.entries()) await trainRound({ ...run, settings: { ...settings, ...stage } }, i + 1, classCount(store))
await run.pool.close()
await executor.dispose()

const { parameters } = segmentationNetwork(settings, classCount(store))
const kept = Object.entries(readWeights(run, stages.length)).filter(([name]) => !name.startsWith('cls'))
/** Filters as half floats; norms, which are few, whole. */
const packed = kept.map(([name, data]) => {
  const tensor = toTorch(data, parameters[name].shape)
  return [name, tensor.shape.length === 4 ? { ...tensor, data: Uint16Array.from(tensor.data as Float32Array, toHalf) } : tensor] as const
})
writeFileSync(out, writeSafetensors(Object.fromEntries(packed)))
store.close()
codec.close()
