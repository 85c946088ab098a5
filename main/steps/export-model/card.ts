import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import manifest from '../../../package.json' with { type: 'json' }
import type { Settings } from '../../../preload/contract/settings.ts'
import { version as runtime } from '../../core/engine/session.ts'
import { colourOf } from '../../core/image/overlay.ts'
import { OPSET } from '../../core/onnx/model.ts'
import { openRunNotes } from '../../store/run-notes.ts'
import { ofRound, ownWeights, weightsFile } from '../networks.ts'
import { frameOf } from '../photos.ts'
import type { Run } from '../run.ts'
import { runStatus } from '../status.ts'
import type { Form } from './build.ts'
import type { Costs } from './gate.ts'
import type { Parity } from './parity.ts'

export const cardFormat = 'maskwright-model-2'
export const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

export type Card = ReturnType<typeof makeCard>

interface Made {
  readonly run: Run
  readonly round: number
  readonly form: Form
  readonly model: Uint8Array
  readonly parity: Parity
  readonly costs: Costs
  readonly labels: Readonly<Record<string, string>>
  readonly samples: readonly { readonly photo: string; readonly mask: string }[]
}

/** All that is known of a written model, for people and programs. */
export function makeCard({ run, round, form, model, parity, costs, labels, samples }: Made) {
  const { store, settings } = run
  const { batch, size } = form
  const [n, h, w] = [batch === 'dynamic' ? 'N' : batch, size === 'dynamic' ? 'H' : size.height, size === 'dynamic' ? 'W' : size.width]
  const status = runStatus(store, run.id)
  const scores = form.looks === 'all' ? status.rounds.find((r) => r.round === round) : undefined
  const { preset, seed, device, inputHash } = store.runs.get(run.id)
  return {
    format: cardFormat,
    project: store.name,
    precision: form.precision, looks: form.looks,
    classes: Object.entries(labels).map(([index, name]) => ({ index: Number(index), name, colour: index === '0' ? null : hex(Number(index)) })),
    input: {
      name: 'image', type: 'uint8', shape: [n, h, w, 3], layout: 'NHWC', colour: 'RGB', range: [0, 255],
      preparation: 'nothing: the model resizes to its frame and normalises', frame: frameOf(store, ofRound(run, round).settings),
    },
    outputs: [
      { name: 'labels', type: 'uint8', shape: [n, h, w], meaning: 'class index of each pixel' },
      { name: 'confidence', type: 'float32', shape: [n, h, w], meaning: 'probability of that class, 0..1' },
    ],
    model: { file: 'model.onnx', bytes: model.length, sha256: sha256(model), opset: OPSET, operators: 'standard' },
    lineage: {
      run: run.id, round, rounds: status.rounds.length - 1, preset, seed, device, dataSha256: inputHash,
      settingsSha256: sha256(JSON.stringify(settings)), weightsSha256: store.artifacts.get(run.id, 'self-train', `weights/${round}`)?.sha ?? null,
      versions: { maskwright: manifest.version, onnxruntime: runtime, node: process.versions.node }, settings,
    },
    labelsUsed: openRunNotes(store).get(run.id)?.hints ?? { photos: 0, pixels: 0 },
    metrics: scores ? { miou: scores.miou, perWorkpiece: scores.perWorkpiece, perGroup: scores.perGroup, boundaryF: scores.boundaryF } : null,
    parity: { ...parity, differing: parity.differing.map(({ name, disagreement }) => ({ name, disagreement })) },
    speed: { msPerPhoto: costs.ms, msPerPhotoFloat32: costs.wholeMs, bytesFloat32: costs.wholeBytes, device: 'CPU', threads: run.pool.size },
    weights: licenceOf(settings),
    samples,
  }
}

const hex = (index: number) => `#${colourOf(index).map((value) => value.toString(16).padStart(2, '0')).join('')}`

/** Whose the weights are. */
function licenceOf(settings: Settings) {
  const file = weightsFile(settings)
  if (file === null) return { start: 'drawn at random by the seed', licence: 'Yours: trained from random weights on your data alone.' }
  const known = existsSync(file) ? sha256(readFileSync(file)) : null
  return {
    start: basename(file), startSha256: known,
    licence: settings['network.weights'] === ownWeights
      ? 'Yours; the backbone starts from weights of the MobileNetV2 in TensorFlow\'s object detector (Google, learnt of COCO), under the Apache License 2.0.'
      : `Yours, and that of the pretrained backbone ${basename(file)}, whose terms hold for what is trained from it.`,
  }
}
