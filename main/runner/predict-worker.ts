import { parentPort, workerData } from 'node:worker_threads'
import { toErrorData, AppError, type AppErrorData } from '../../preload/contract/error.ts'
import { CodecError, openCodec } from '../core/image/codec.ts'
import { onMessages } from '../core/threads.ts'
import { loadModel } from '../steps/predict.ts'
import { instancesOf, type Instance, type InstanceOptions } from './instances.ts'

/** Thread entry: one model and one decoder, one picture at a time. */

export interface WorkerSetup extends InstanceOptions {
  readonly model: string
  readonly threads: number
  /** Larger pictures are refused before they are decoded. */
  readonly maxPixels: number
}
export interface PredictJob {
  readonly bytes: Uint8Array
  /** What is wanted back: the mask as PNG, the workpieces one by one. */
  readonly mask: boolean
  readonly instances: boolean
}
export interface Prediction {
  readonly width: number
  readonly height: number
  readonly mask?: Uint8Array
  readonly instances?: readonly Instance[]
  readonly durationMs: { readonly decode: number; readonly predict: number; readonly describe: number }
}
export type WorkerReply =
  | { readonly type: 'ready'; readonly classes: Readonly<Record<string, string>> }
  | { readonly type: 'done'; readonly prediction: Prediction }
  | { readonly type: 'failed'; readonly error: AppErrorData }

const setup = workerData as WorkerSetup
const tell = (reply: WorkerReply, moved: ArrayBuffer[] = []) => parentPort!.postMessage(reply, moved)

async function open() {
  const model = await loadModel(setup.model, setup.threads)
  const codec = await openCodec({ maxPixels: setup.maxPixels })
  const decode = (bytes: Uint8Array) => {
    try {
      return codec.decodeRgb(bytes)
    } catch (error) {
      const decoderBroke = (error as Error).cause instanceof WebAssembly.RuntimeError
      throw error instanceof CodecError && !decoderBroke ? refused(error) : error
    }
  }
  const predict = async ({ bytes, mask, instances }: PredictJob): Promise<Prediction> => {
    const times = [performance.now()]
    const photo = decode(bytes)
    times.push(performance.now())
    const { labels, confidence } = await model.predict(photo)
    times.push(performance.now())
    const { width, height } = photo
    const found = { ...(mask && { mask: codec.encodePng(labels) }), ...(instances && { instances: instancesOf(labels, confidence, model.classes, setup) }) }
    times.push(performance.now())
    const [decodeMs, predictMs, describeMs] = times.slice(1).map((time, i) => Number((time - times[i]).toFixed(2)))
    return { width, height, ...found, durationMs: { decode: decodeMs, predict: predictMs, describe: describeMs } }
  }
  // The first picture takes longer than all others: it is none of the camera's.
  const [width, height] = [64, 48]
  await predict({ bytes: codec.encodeJpeg({ width, height, data: new Uint8Array(3 * width * height) }), mask: true, instances: true })
  return { classes: model.classes, predict, close: () => codec.close() }
}

function refused(error: CodecError): AppError {
  if (error.fault === 'too-large')
    return new AppError({ code: 'image-too-large', message: `The picture is too large: ${error.message}.`, advice: 'Send a smaller one, or start with a larger --max-pixels.' })
  return new AppError({
    code: 'image-unreadable',
    message: `The bytes cannot be read as a picture: ${error.message}.`,
    advice: 'Send a whole JPEG, PNG, TIFF, WebP or GIF file; if this is one, it is damaged or was cut off.',
  })
}

const failed = (error: unknown) => tell({ type: 'failed', error: toErrorData(error) })

try {
  const { classes, predict, close } = await open()
  onMessages((job: PredictJob) => predict(job).then((prediction) => tell({ type: 'done', prediction }, prediction.mask ? [prediction.mask.buffer as ArrayBuffer] : []), failed), close)
  tell({ type: 'ready', classes })
} catch (error) {
  failed(error)
}
