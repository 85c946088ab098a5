import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { RecentProject } from '../../preload/contract/project-data.ts'
import { runStatus } from '../steps/status.ts'
import type { Assets } from './assets.ts'
import type { OpenProject } from './open-projects.ts'

/** What the list of recent projects shows of a project without opening it. */
const Summary = RecentProject.pick({ workpieces: true, photos: true, lastRun: true, mosaic: true })
export type Summary = z.output<typeof Summary>

const nothing: Summary = { workpieces: 0, photos: 0, lastRun: null, mosaic: [] }
const fileOf = (dir: string) => join(dir, 'cache', 'summary.json')

export function readSummary(dir: string): Summary {
  try {
    return Summary.parse(JSON.parse(readFileSync(fileOf(dir), 'utf8')))
  } catch {
    return nothing
  }
}

/** Notes what a project has come to, in its own folder. */
export async function writeSummary(project: OpenProject, assets: Assets): Promise<void> {
  const { store, desk } = project
  const photos = desk.find({ kind: 'photo' }, 'added')
  const run = store.runs.list().at(-1)
  const status = run && runStatus(store, run.id)
  const shown = [0, 1, 2, 3].map((i) => photos[Math.floor((i * photos.length) / 4)]).filter((id, i, all) => id !== undefined && all.indexOf(id) === i)
  const pictures = await Promise.allSettled(shown.map((id) => assets.thumbnail(project, id)))
  const scores = (status?.rounds ?? []).flatMap((round) => round.miou.withBackground ?? [])
  const summary: Summary = {
    workpieces: store.workpieces.list().length,
    photos: photos.length,
    lastRun: status
      ? { state: status.state, round: status.rounds.at(-1)?.round ?? 0, miou: scores.length > 0 ? Math.max(...scores) : null }
      : null,
    mosaic: pictures.flatMap((p) => (p.status === 'fulfilled' ? [`data:image/jpeg;base64,${Buffer.from(p.value).toString('base64')}`] : [])),
  }
  mkdirSync(join(store.dir, 'cache'), { recursive: true })
  const aside = `${fileOf(store.dir)}.${process.pid}`
  writeFileSync(aside, JSON.stringify(summary))
  renameSync(aside, fileOf(store.dir))
}
