import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { AppError, toErrorData } from '../../preload/contract/error.ts'
import type { ImportIssue, Progress } from '../../preload/contract/model.ts'
import { openModel, type Model } from '../core/engine/export-graph.ts'
import type { Codec } from '../core/image/codec.ts'
import { overlay } from '../core/image/overlay.ts'
import { imageUnreadable } from './trouble.ts'

export interface PredictOptions {
  readonly out: string
  readonly signal: AbortSignal
  readonly report: (progress: Omit<Progress, 'runId'>) => Promise<void>
}

const pictures = new Set(['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.gif'])

/** The file of a model: itself, or model.onnx in an exported folder. */
export function modelFile(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, 'model.onnx') : path
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file
  throw modelUnreadable(path, 'there is no such file')
}

/**
 * Opens an exported model.
 *
 * @throws AppError `model-unreadable` where the file is no model of Maskwright.
 */
export async function loadModel(path: string, threads: number): Promise<Model> {
  const file = modelFile(path)
  try {
    return await openModel(readFileSync(file), { threads })
  } catch (error) {
    throw modelUnreadable(file, error instanceof Error ? error.message : String(error))
  }
}

/**
 * Step: a model, image files -> an 8-bit class-index PNG and an overlay of each, relative paths kept, labels.json beside.
 *
 * Files that cannot be read are told and passed over.
 */
export async function predictFiles(model: Model, codec: Codec, inputs: readonly string[], { out, signal, report }: PredictOptions): Promise<{ written: number; issues: ImportIssue[] }> {
  const files = inputs.flatMap((input) => filesOf(input))
  if (files.length === 0)
    throw new AppError({ code: 'folder-empty', message: 'There is no picture to predict.', advice: 'Name image files, or a folder that holds some.' })
  const issues: ImportIssue[] = []
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, 'labels.json'), `${JSON.stringify(model.classes, null, 2)}\n`)
  for (const [i, { path, name }] of files.entries()) {
    signal.throwIfAborted()
    try {
      const photo = decode(codec, path)
      const { labels } = await model.predict(photo)
      const target = join(out, name.slice(0, -extname(name).length))
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(`${target}.png`, codec.encodePng(labels))
      writeFileSync(`${target}_overlay.jpg`, codec.encodeJpeg(overlay(photo, labels), 88))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { code, message, advice } = toErrorData(error)
      issues.push({ file: name, code, message, advice })
    }
    await report({ step: 'predict', done: i + 1, total: files.length, unit: 'photos' })
  }
  return { written: files.length - issues.length, issues }
}

function decode(codec: Codec, path: string) {
  try {
    return codec.decodeRgb(readFileSync(path))
  } catch (error) {
    throw imageUnreadable(path, error)
  }
}

/** Pictures of a folder by their path below it, or one file by its name. */
function filesOf(input: string): { path: string; name: string }[] {
  const info = statSync(input, { throwIfNoEntry: false })
  if (!info) throw new AppError({ code: 'folder-missing', subject: input, message: `${input} is not there.`, advice: 'Check the path of the pictures.' })
  if (!info.isDirectory()) return [{ path: input, name: basename(input) }]
  return readdirSync(input, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pictures.has(extname(entry.name).toLowerCase()))
    .map((entry) => resolve(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path, name: relative(resolve(input), path) }))
}

const modelUnreadable = (file: string, why: string) => new AppError({
  code: 'model-unreadable', subject: file,
  message: `The model ${file} cannot be used: ${why}.`,
  advice: 'Name a model.onnx, or the folder, that the export wrote.',
})
