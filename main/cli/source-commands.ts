import { AppError } from '../../preload/contract/error.ts'
import { cameraOf, listCameras, settingsFor } from '../steps/cameras.ts'
import type { CameraNews } from '../steps/camera-stream.ts'
import { capture } from '../steps/capture.ts'
import { watchFolder } from '../steps/watch-folder.ts'
import { parse, whole } from './arguments.ts'
import type { Answer, Say } from './commands.ts'
import { withProject } from './project-commands.ts'

const words = { tag: { type: 'string', multiple: true }, background: { type: 'boolean' } } as const

export async function watch(args: readonly string[], say: Say): Promise<Answer> {
  const usage = 'watch P DIR --tag NAME|--background|--tags-from-folder'
  const { values, positionals: [project, dir] } = parse(args, { ...words, 'tags-from-folder': { type: 'boolean' } }, usage, 2)
  const tags = values['tags-from-folder'] ? 'folder' : tagsOf(values, usage)
  const result = await withProject(project, ({ store, codec, signal, report }) => {
    say(`Watching ${dir}; Ctrl-C ends it.`)
    return watchFolder(store, codec, dir, { tags, signal, report, tell: ({ file, message, advice }) => say(`${file}: ${message} ${advice}`) })
  })
  return { data: result, text: `${result.added} photos taken, ${result.duplicates} were there already, ${result.issues.length} need attention.` }
}

export async function cameras(args: readonly string[]): Promise<Answer> {
  parse(args, {}, 'cameras')
  const data = await listCameras()
  const range = (name: string, unit: string, feature: (typeof data.cameras)[number]['gain']) =>
    feature && `${name} ${feature.value}${unit}${feature.max === null ? '' : ` (${feature.min} to ${feature.max})`}`
  const lines = data.cameras.map(({ id, name, exposure, gain, locked }) => [
    id, `  ${[name, range('exposure', ' us', exposure), range('gain', '', gain), locked === null ? '' : locked ? 'locked' : 'automatic'].filter(Boolean).join(', ')}`,
  ].join('\n'))
  const missing = data.missing.map(({ message, advice }) => `${message} ${advice}`)
  return { data, text: [...(lines.length > 0 ? lines : ['No camera answers. Streams of the network are named by their address: rtsp://HOST/PATH.']), ...missing].join('\n') }
}

export async function captureFrames(args: readonly string[], say: Say): Promise<Answer> {
  const usage = 'capture P --camera ID --tag NAME|--background [--count N] [--every S] [--exposure US] [--gain DB] [--lock]'
  const { values, positionals: [project] } = parse(args, {
    ...words, camera: { type: 'string' }, count: { type: 'string', default: '0' }, every: { type: 'string' },
    exposure: { type: 'string' }, gain: { type: 'string' }, lock: { type: 'boolean' },
  }, usage, 1)
  if (!values.camera) throw wrong('The camera is missing.', usage)
  const source = cameraOf(values.camera)
  const tags = tagsOf(values, usage)
  const settings = await settingsFor(source, {
    exposureUs: decimal(values.exposure, '--exposure'), gain: decimal(values.gain, '--gain'), everyS: decimal(values.every, '--every'), lock: values.lock,
  })
  const told = [settings.exposureUs !== undefined && `exposure ${settings.exposureUs} us`, settings.gain !== undefined && `gain ${settings.gain}`].filter(Boolean)
  if (told.length > 0) say(`Locked: ${told.join(', ')}.`)
  const result = await withProject(project, ({ store, codec, signal, report }) =>
    capture(store, codec, source, { count: whole(values.count, '--count')!, tags, settings, signal, report, tell: (news) => say(newsText(news)) }))
  for (const issue of result.issues) say(`${issue.file}: ${issue.message} ${issue.advice}`)
  if (result.lost > 0) say(`${result.lost} pictures of the camera did not arrive whole. Give the network larger packets and this computer larger receive buffers (docs/sources.md).`)
  return { data: result, text: `${result.captured} photos captured, ${result.added} new, ${result.duplicates} as before, ${result.interruptions} interruptions.` }
}

const newsText = (news: CameraNews) =>
  news.state === 'live' ? 'The camera sends pictures.' : `The camera has stopped: ${news.reason}. What was taken is stored; trying again until it is back, Ctrl-C ends it.`

function tagsOf({ tag, background }: { tag?: string[]; background?: boolean }, usage: string): string[] {
  if (background) return []
  if (tag && tag.every((name) => name.trim() !== '')) return [...new Set(tag)]
  throw wrong('The tag of the photos is missing.', usage)
}

function decimal(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new AppError({ code: 'invalid-input', subject: name, message: `"${text}" is not a number for ${name}.`, advice: `Write ${name} as a number such as 3.5.` })
  return value
}

const wrong = (message: string, usage: string) => new AppError({ code: 'invalid-input', message, advice: `Usage: maskwright ${usage}` })
