import { AppError } from '../../preload/contract/error.ts'
import { presets, settingNames } from '../../preload/contract/settings.ts'
import type { PresetName, Settings } from '../../preload/contract/settings.ts'
import { statements } from './connection.ts'
import type { Db } from './connection.ts'

export type RunStateName = 'running' | 'paused' | 'finished' | 'failed'

export interface RunRow {
  readonly id: number
  readonly preset: string
  readonly seed: number
  readonly device: string
  readonly settings: Settings
  readonly inputHash: string
  readonly state: RunStateName
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export interface NewRun {
  readonly preset: string
  readonly seed: number
  readonly device: string
  readonly settings: Settings
  readonly inputHash: string
}

/** Runs of the corridor, each with what it takes to repeat it. */
export interface Runs {
  /** A new run in state `running`; gives its id. */
  create(run: NewRun): number
  /** @throws AppError not-found. */
  get(id: number): RunRow
  /** Oldest first. */
  list(): RunRow[]
  setState(id: number, state: RunStateName): void
  setDevice(id: number, device: string): void
  /** Forgets a run with all it made. */
  remove(id: number): void
}

const columns = `SELECT id, preset, seed, device, settings, input_hash AS inputHash, state, created_at_ms AS createdAtMs,
  updated_at_ms AS updatedAtMs FROM runs`
type Raw = Omit<RunRow, 'settings'> & { settings: string }

const toRow = (raw: Raw): RunRow => ({ ...raw, settings: settingsOf(raw) })

/** Settings as this version knows them: one that came after the run was made has the value of its preset, one that is gone is left out. */
function settingsOf({ preset, settings }: Raw): Settings {
  const values = { ...(presets[preset as PresetName] ?? presets.maskwright), ...(JSON.parse(settings) as Partial<Settings>) }
  return Object.fromEntries(settingNames.map((name) => [name, values[name]])) as unknown as Settings
}

export function openRuns(db: Db): Runs {
  const sql = statements(db)
  const change = (text: string, id: number, ...values: (string | number)[]) => {
    if (sql(text).run(...values, id).changes === 0) throw notFound(id)
  }
  return {
    create: ({ preset, seed, device, settings, inputHash }) => {
      const now = Date.now()
      const { lastInsertRowid } = sql(`INSERT INTO runs (preset, seed, device, settings, input_hash, state, created_at_ms, updated_at_ms)
        VALUES (?, ?, ?, ?, ?, 'running', ?, ?)`).run(preset, seed, device, JSON.stringify(settings), inputHash, now, now)
      return Number(lastInsertRowid)
    },
    get: (id) => {
      const raw = sql(`${columns} WHERE id = ?`).get(id) as Raw | undefined
      if (!raw) throw notFound(id)
      return toRow(raw)
    },
    list: () => (sql(`${columns} ORDER BY id`).all() as Raw[]).map(toRow),
    setState: (id, state) => change('UPDATE runs SET state = ?, updated_at_ms = ? WHERE id = ?', id, state, Date.now()),
    setDevice: (id, device) => change('UPDATE runs SET device = ?, updated_at_ms = ? WHERE id = ?', id, device, Date.now()),
    remove: (id) => change('DELETE FROM runs WHERE id = ?', id),
  }
}

const notFound = (id: number) => new AppError({
  code: 'not-found',
  message: `There is no run ${id}.`,
  advice: 'Choose one from the list of runs.',
  subject: String(id),
})
