import { availableParallelism } from 'node:os'
import type { DeviceInfo, Estimate } from '../../preload/contract/run-data.ts'
import { stepNames, type DeviceChoice, type StepName } from '../../preload/contract/model.ts'
import type { Settings } from '../../preload/contract/settings.ts'
import type { Store } from '../store/index.ts'

/**
 * One unit of work: a picture of 192 x 144 forward through ResNet-18 of half width at output stride 16. Costs of other networks
 * follow their multiply-adds.
 */
const unitPixels = 192 * 144
const backbones: Record<Settings['network.backbone'], number> = { mobilenetv2: 0.35, resnet18: 1, resnet34: 2, resnet50: 2.3, resnet101: 4.4 }
const strides: Record<string, number> = { 8: 2.6, 16: 1, 32: 0.7 }
/** Forward and backward against forward alone. */
const trainFactor = 3
/** Seconds a unit takes on one processor core of a server of 2023. */
const secondsPerUnit = 0.01
/** Steps a second of the self-test on one such core: what another device's are held against. */
const selfTestSteps = 28
const superpixelSeconds = 0.25
/** Colour and label: every picture that trains is held in memory. */
const pixelBytes = 4
/** Shorter runs are mostly compiling and tell nothing. */
const tellingSeconds = 60

const framePixels = (long: number) => long * long * 0.75

const frameUnits = (settings: Settings, long = settings['training.size']) => {
  const width = settings['network.width'] / 0.5
  // Narrow layers do not fill a processor: below half the channels their cost falls with the width, not with its square.
  const network = backbones[settings['network.backbone']] * width * Math.max(1, width) * strides[settings['network.outputStride']]
  return (framePixels(long) / unitPixels) * network
}

/** Units of the corridor, step by step. */
function unitsOf(settings: Settings, photos: number, truths: number): Record<StepName, number> {
  const frame = frameUnits(settings)
  const scales = (list: readonly number[]) => list.reduce((sum, scale) => sum + scale * scale, 0)
  const batch = settings['training.renderBatch'] + settings['training.photoBatch']
  const rounds = settings['run.rounds']
  const crop = settings['training.crop'] ** 2
  const first = settings['training.firstSteps'] * frameUnits(settings, settings['training.firstSize'] || undefined)
  const later = (rounds - 1) * settings['training.steps'] * frame
  const predictions = rounds * photos * scales(settings['predict.scales']) * scales(settings['predict.enlarge']) * settings['predict.flips']
  return {
    'train-classifier': settings['classifier.steps'] * settings['classifier.batch'] * frame * crop * trainFactor,
    cam: (photos + truths) * scales(settings['cam.scales']) * (settings['cam.flip'] ? 2 : 1) * frame,
    superpixels: 0,
    'initial-mask': 0,
    'self-train': (first + later) * crop * batch * trainFactor + predictions * frame,
    evaluate: (rounds + 1) * truths * scales(settings['predict.enlarge']) * settings['predict.modelFlips'] * frame,
  }
}

/**
 * Time, memory and disk of a run. Earlier rounds of the project calibrate the time, else the last self-test of the device.
 */
export function estimateRun(store: Store, settings: Settings, devices: readonly DeviceInfo[], device: DeviceChoice): Estimate {
  const photos = store.images.count({ kind: 'photo', trainable: true })
  const truths = store.images.count({ kind: 'photo', hasTruth: true })
  const renders = store.images.count({ kind: 'render', rejected: false })
  const units = unitsOf(settings, photos, truths)
  const rate = secondsAUnit(store, settings, devices, device)
  const pixelSeconds = (superpixelSeconds * (photos + truths) * (settings['refine.superpixels'] === 'off' ? 1 : 2)) / availableParallelism()
  const steps = stepNames.map((step) => ({ step, seconds: units[step] * rate + (step === 'superpixels' ? pixelSeconds : 0) }))
  const batch = settings['training.renderBatch'] + settings['training.photoBatch']
  return {
    steps,
    seconds: steps.reduce((sum, { seconds }) => sum + seconds, 0),
    memoryBytes: Math.round(500e6 + batch * frameUnits(settings) * 60e6 + (photos + renders) * framePixels(settings['training.size']) * pixelBytes),
    diskBytes: Math.round((photos + truths) * (settings['run.rounds'] + 1) * 60e3 + settings['run.rounds'] * 25e6),
  }
}

function secondsAUnit(store: Store, settings: Settings, devices: readonly DeviceInfo[], device: DeviceChoice): number {
  const tested = devices.filter(({ available, stepsPerSecond }) => available && stepsPerSecond !== null)
  const fastest = Math.max(0, ...tested.filter(({ name }) => device === 'auto' || name === device).map(({ stepsPerSecond }) => stepsPerSecond!))
  const threads = settings['run.threads'] || availableParallelism()
  const general = fastest > 0 ? (secondsPerUnit * selfTestSteps) / fastest : secondsPerUnit / threads ** 0.8
  for (const run of store.runs.list().reverse()) {
    const rounds = store.rounds.list(run.id).filter(({ round, durationMs }) => round > 0 && durationMs !== null)
    const taken = rounds.reduce((sum, { durationMs }) => sum + durationMs!, 0) / 1000
    if (rounds.length < run.settings['run.rounds'] || taken < tellingSeconds || (device !== 'auto' && !run.device.toLowerCase().includes(device))) continue
    const known = unitsOf(run.settings, store.rounds.masks(run.id, 1).length, 0)['self-train']
    if (known > 0) return taken / known
  }
  return general
}
