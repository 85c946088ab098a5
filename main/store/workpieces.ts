import { AppError } from '../../preload/contract/error.ts'
import type { Workpiece } from '../../preload/contract/model.ts'
import { statements } from './connection.ts'
import type { Db } from './connection.ts'

/** What is to be told apart; each has a class index in masks that never changes. */
export interface Workpieces {
  /** In order of class index. */
  list(): Workpiece[]
  /** The workpiece of that name, made when there is none. */
  ensure(name: string): Pick<Workpiece, 'id' | 'name' | 'classIndex'>
  find(name: string): Workpiece | null
  /** @throws AppError not-found, or already-exists when another bears the name. */
  rename(id: number, name: string): void
}

const maxClasses = 254

const columns = `
  SELECT w.id, w.name, w.class_index AS classIndex,
    count(CASE WHEN i.kind = 'render' THEN 1 END) AS renders,
    count(CASE WHEN i.kind = 'photo' THEN 1 END) AS photos,
    count(CASE WHEN i.has_truth = 1 THEN 1 END) AS truths
  FROM workpieces w
  LEFT JOIN image_tags t ON t.workpiece_id = w.id
  LEFT JOIN images i ON i.id = t.image_id AND i.removed_at_ms IS NULL`

export function openWorkpieces(db: Db): Workpieces {
  const sql = statements(db)
  const find = (name: string) => (sql(`${columns} WHERE w.name = ? GROUP BY w.id`).get(name) ?? null) as Workpiece | null
  const brief = (name: string) => sql('SELECT id, name, class_index AS classIndex FROM workpieces WHERE name = ?').get(name)
  const add = (name: string) => {
    if (name.trim() === '' || name.length > 200) throw new RangeError(`expected a name of 1 to 200 characters, got ${JSON.stringify(name)}`)
    const next = (sql(`SELECT coalesce(max(class_index), 0) + 1 AS next
      FROM (SELECT class_index FROM workpieces UNION ALL SELECT class_index FROM binned_workpieces)`).get() as { next: number }).next
    if (next > maxClasses) throw tooMany(name)
    // Ids are never given again, not even those of the bin.
    sql('INSERT INTO workpieces (id, name, class_index, created_at_ms) VALUES (?, ?, ?, ?)').run(next, name, next, Date.now())
  }
  const create = db.transaction((name: string) => {
    if (!brief(name)) add(name)
    return brief(name)
  }).immediate
  return {
    list: () => sql(`${columns} GROUP BY w.id ORDER BY w.class_index`).all() as Workpiece[],
    find,
    ensure: (name) => (brief(name) ?? create(name)) as Workpiece,
    rename: db.transaction((id: number, name: string) => {
      const other = find(name)
      if (other && other.id !== id) throw taken(name)
      if (sql('UPDATE workpieces SET name = ? WHERE id = ?').run(name, id).changes === 0) throw unknown(id)
    }).immediate,
  }
}

const tooMany = (name: string) => new AppError({
  code: 'invalid-input',
  message: `The workpiece ${name} is one too many: a project holds up to ${maxClasses}.`,
  advice: 'Make a second project for the others.',
  subject: name,
})

const taken = (name: string) => new AppError({
  code: 'already-exists',
  message: `There already is a workpiece called ${name}.`,
  advice: 'Choose another name.',
  subject: name,
})

const unknown = (id: number) => new AppError({
  code: 'not-found',
  message: `There is no workpiece ${id}.`,
  advice: 'Open the project again and choose one from the list.',
  subject: String(id),
})
