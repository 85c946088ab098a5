import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { resizeLabels } from '../core/image/resize.ts'
import type { SegmentMap } from '../core/image/types.ts'
import { evaluatedKey } from '../steps/evaluated.ts'
import { readSuperpixels } from '../steps/superpixels.ts'
import { openTruth } from '../store/truth.ts'
import type { Cameras } from './cameras.ts'
import type { Asset } from './host.ts'
import type { OpenProject, OpenProjects } from './open-projects.ts'
import { openPictureMaker } from './picture-maker.ts'
import { encodePng } from './png.ts'

/** Long side of a thumbnail, px. */
const thumbnailSide = 256

/** Pictures by address, see `assets` of the contract. Addresses hold numbers alone, so none leads out of a project. */
export interface Assets {
  /** Null where there is no such picture. */
  read(address: string): Promise<Asset | null>
  thumbnail(project: OpenProject, imageId: number): Promise<Uint8Array>
  close(): Promise<void>
}

const pattern = /^\/?project\/(\d{1,10})\/(image|thumbnail|render-mask|truth|hints|superpixels|mask|camera)((?:\/\d{1,10}){1,3}|\/\d{1,10}\/crf\/\d{1,10})$/

export function openAssets(projects: OpenProjects, cameras: Cameras): Assets {
  const maker = openPictureMaker()

  const thumbnailFile = async ({ store }: OpenProject, imageId: number) => {
    const { sha256 } = store.images.get(imageId)
    const file = join(store.dir, 'cache', 'thumbnails', sha256.slice(0, 2), `${sha256}.jpg`)
    await cached(file, () => maker.make({ kind: 'thumbnail', file: store.blobs.path(sha256), side: thumbnailSide }))
    return { file, sha256 }
  }
  const image = async ({ store }: OpenProject, imageId: number): Promise<Asset> => {
    const { sha256 } = store.images.get(imageId)
    const file = store.blobs.path(sha256)
    const type = await typeOf(file)
    if (type) return { file, type, etag: sha256, lasting: true }
    const shown = join(store.dir, 'cache', 'shown', `${sha256}.jpg`)
    await cached(shown, () => maker.make({ kind: 'jpeg', file }))
    return { file: shown, type: 'image/jpeg', etag: sha256, lasting: true }
  }
  const read = async (address: string): Promise<Asset | null> => {
    const [, projectId, kind, rest] = pattern.exec(address) ?? []
    const project = projectId === undefined ? undefined : projects.find(Number(projectId))
    if (!project) return null
    const words = rest.slice(1).split('/')
    const id = Number(words[words.length - 1])
    switch (`${kind} ${words.length}`) {
      case 'image 1': return image(project, id)
      case 'thumbnail 1': {
        const { file, sha256 } = await thumbnailFile(project, id)
        return { file, type: 'image/jpeg', etag: sha256, lasting: true }
      }
      case 'render-mask 1': return labels(project, project.store.masks.shaOfRender(id), id)
      case 'truth 1': return labels(project, openTruth(project.store).get(id), id)
      case 'hints 1': return labels(project, project.hints.shaOf(id), id)
      case 'camera 2': return seen(cameras.newest(Number(words[0])))
      case 'superpixels 2': return superpixels(project, Number(words[0]), id)
      case 'mask 3': return labels(project, maskSha(project, Number(words[0]), words[1] === 'crf' ? 'crf' : Number(words[1]), id), id)
      default: return null
    }
  }
  return {
    read: (address) => read(address).catch((error: unknown) => {
      if ((error as { data?: { code?: string } }).data?.code === 'not-found') return null
      throw error
    }),
    thumbnail: async (project, imageId) => readFile((await thumbnailFile(project, imageId)).file),
    close: () => maker.close(),
  }
}

const seen = (picture: { bytes: Uint8Array; serial: number } | null): Asset | null =>
  picture && { bytes: picture.bytes, type: 'image/png', etag: `camera-${picture.serial}`, lasting: false }

/** Labels of a photo after a round: those that train, or those that were held against truth. */
export function maskSha({ store }: OpenProject, runId: number, round: number | 'crf', imageId: number): string | null {
  if (round !== 'crf') {
    const mask = store.rounds.mask(runId, round, imageId)
    if (mask) return mask.maskSha
    return store.artifacts.get(runId, 'evaluate', evaluatedKey(round, 'round', imageId))?.sha ?? null
  }
  const last = store.rounds.list(runId).at(-1)?.round ?? 0
  return store.artifacts.get(runId, 'evaluate', evaluatedKey(last, 'crf', imageId))?.sha ?? null
}

/** Labels at the size of their picture, however small they were made. */
async function labels({ store }: OpenProject, sha: string | null, imageId: number): Promise<Asset | null> {
  if (sha === null) return null
  const { width, height } = store.images.get(imageId)
  const { data } = resizeLabels(store.blobs.getLabels(sha), width, height)
  return { bytes: await encodePng(width, height, data), type: 'image/png', etag: sha, lasting: false }
}

async function superpixels({ store }: OpenProject, runId: number, imageId: number): Promise<Asset | null> {
  let map: SegmentMap
  try {
    map = readSuperpixels(store, runId, 'initial', imageId)
  } catch {
    return null
  }
  const { width, height } = store.images.get(imageId)
  const bytes = await encodePng(width, height, threeBytes(map, width, height))
  return { bytes, type: 'image/png', etag: createHash('sha256').update(bytes).digest('hex'), lasting: false }
}

/** Indices as three bytes each, at another size by nearest neighbour. */
function threeBytes({ width, height, data }: SegmentMap, toWidth: number, toHeight: number): Uint8Array {
  const out = new Uint8Array(toWidth * toHeight * 3)
  for (let y = 0, o = 0; y < toHeight; y++) {
    const row = Math.floor(((y + 0.5) * height) / toHeight) * width
    for (let x = 0; x < toWidth; x++, o += 3) {
      const value = data[row + Math.floor(((x + 0.5) * width) / toWidth)]
      out[o] = value & 255
      out[o + 1] = (value >> 8) & 255
      out[o + 2] = (value >> 16) & 255
    }
  }
  return out
}

async function cached(file: string, make: () => Promise<Uint8Array>): Promise<void> {
  const known = await open(file).catch(() => null)
  await known?.close()
  if (known) return
  const bytes = await make()
  await mkdir(dirname(file), { recursive: true })
  const aside = `${file}.${process.pid}-${Math.random().toString(36).slice(2)}`
  await writeFile(aside, bytes)
  await rename(aside, file)
}

/** The media type of a file that every browser shows; undefined for others. */
async function typeOf(file: string): Promise<string | undefined> {
  const handle = await open(file)
  const head = Buffer.alloc(12)
  await handle.read(head, 0, 12, 0).finally(() => handle.close())
  if (head[0] === 0xff && head[1] === 0xd8) return 'image/jpeg'
  if (head.toString('latin1', 1, 4) === 'PNG') return 'image/png'
  if (head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP') return 'image/webp'
  return undefined
}
