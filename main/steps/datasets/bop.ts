import { readFile, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { ImportIssue } from '../../../preload/contract/model.ts'
import { paintInstances } from '../../core/formats/paint.ts'
import { findPictures, readPicture, type Found } from '../import-folder.ts'
import { IssueError, issues as sayFile } from '../import-issues.ts'
import { firstOf, readClasses } from '../import-lists.ts'
import { numberNames, type Dataset, type DatasetPicture, type LabelTools } from './dataset.ts'
import { datasetIssues as say, datasetUnreadable } from './dataset-issues.ts'

const Poses = z.record(z.string().regex(/^\d+$/), z.array(z.object({ obj_id: z.int().nonnegative() })))
const poseList = 'scene_gt.json'
const pictureFolders = ['rgb', 'gray']
const levels = 4

/** Folders of scenes in or below a folder, with forward slashes; '' is the folder itself. */
export async function bopScenes(dir: string, below = '', left = levels): Promise<string[]> {
  const entries = await readdir(join(dir, below), { withFileTypes: true }).catch(() => [])
  if (entries.some(({ name }) => name === poseList)) return [below]
  if (left === 0) return []
  const found: string[] = []
  for (const entry of entries.filter((e) => e.isDirectory() && !e.name.startsWith('.')))
    found.push(...(await bopScenes(dir, below ? `${below}/${entry.name}` : entry.name, left - 1)))
  return found.sort()
}

/**
 * Reads what BlenderProc writes for BOP: SCENE/rgb/000001.png with SCENE/mask_visib/000001_000000.png, one mask an object, whose id
 * SCENE/scene_gt.json tells. classes.json in the folder or above ({"1": "workpiece"}) names the ids; else they are called object 1, object 2 ...
 *
 * BOP dataset format. https://github.com/thodan/bop_toolkit
 *
 * @throws AppError dataset-unreadable, classes-unreadable, folder-missing or folder-empty.
 */
export async function readBop(dir: string): Promise<Dataset> {
  const { pictures: files, issues: fileIssues } = await findPictures(dir)
  const byName = new Map(files.map((file) => [file.name, file]))
  const scenes = await Promise.all((await bopScenes(dir)).map(async (scene) => ({ scene, poses: await readPoses(join(dir, scene, poseList)) })))
  if (scenes.length === 0) throw datasetUnreadable(dir, `there is no ${poseList} in it`, 'Choose the folder that holds the scenes.')
  const list = firstOf(join(dir, 'classes.json'), join(dirname(dir), 'classes.json'))
  const named = list === undefined ? new Map<number, string>() : await readClasses(list)
  const nameOf = (id: number) => named.get(id) ?? `object ${id}`
  const ids = [...new Set(scenes.flatMap(({ poses }) => [...poses.values()].flat()))].sort((a, b) => a - b)
  const { classes, indexOf } = numberNames(ids.map(nameOf))
  const labelOf = (id: number) => indexOf.get(nameOf(id))!
  const issues: ImportIssue[] = [...fileIssues]
  const pictures: DatasetPicture[] = []
  for (const { scene, poses } of scenes) {
    const under = scene ? `${scene}/` : ''
    const visible = files.some(({ name }) => name.startsWith(`${under}mask_visib/`))
    if (!visible) issues.push(say.wholeMasks(scene || '.'))
    const maskFolder = `${under}${visible ? 'mask_visib' : 'mask'}`
    for (const [number, objects] of poses) {
      const found = pictureOf(byName, under, number)
      if (!found) issues.push(say.pictureMissing(`${under}rgb/${digits(number)}.png`, `${under}${poseList}`))
      else pictures.push({ ...found, labels: (tools) => labelsOf(found.name, objects.map((id, i) => ({ label: labelOf(id), file: `${maskFolder}/${digits(number)}_${digits(i)}.png` })), byName, tools) })
    }
  }
  return { format: 'bop', classes, pictures, issues }
}

async function readPoses(path: string): Promise<Map<number, number[]>> {
  try {
    const poses = Poses.parse(JSON.parse(await readFile(path, 'utf8')))
    return new Map(Object.entries(poses).map(([number, objects]) => [Number(number), objects.map(({ obj_id }) => obj_id)]))
  } catch (error) {
    throw datasetUnreadable(path, error instanceof z.ZodError ? error.issues[0].message : (error as Error).message, 'Render the scenes again, or leave this one out.')
  }
}

function pictureOf(byName: ReadonlyMap<string, Found>, under: string, number: number): Found | undefined {
  for (const folder of pictureFolders)
    for (const kind of ['png', 'jpg', 'jpeg', 'tif', 'tiff']) {
      const found = byName.get(`${under}${folder}/${digits(number)}.${kind}`)
      if (found) return found
    }
  return undefined
}

async function labelsOf(name: string, objects: readonly { label: number; file: string }[], byName: ReadonlyMap<string, Found>, { size, decoder }: LabelTools) {
  const instances = await Promise.all(objects.map(async ({ label, file }) => {
    const found = byName.get(file)
    if (!found) throw new IssueError(say.labelsMissing(name, file))
    const mask = await decoder.mask(file, await readPicture(found), 'binary')
    if (mask.width !== size.width || mask.height !== size.height)
      throw new IssueError(sayFile.maskSize(file, `${mask.width} x ${mask.height}`, `${size.width} x ${size.height}`))
    return { label, mask: mask.data }
  }))
  return paintInstances(size.width, size.height, instances)
}

const digits = (number: number) => String(number).padStart(6, '0')
