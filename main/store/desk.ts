import type { ImageCounts, ImageFilter, ImageRow } from '../../preload/contract/project-data.ts'
import { databaseOf, statements } from './connection.ts'
import type { Store } from './index.ts'

/** Pictures as the desk shows them: searched, counted, tagged or not yet, judged. */
export interface Desk {
  /** Ids of the pictures that pass, in order. */
  find(filter: ImageFilter, sort: 'name' | 'added'): number[]
  /** In the order of the ids; unknown ones are left out. */
  read(ids: readonly number[]): ImageRow[]
  counts(): Omit<ImageCounts, 'issues' | 'duplicates'>
  /** Sets tags exactly; [] says background only, null says that nobody knows yet. */
  tag(ids: readonly number[], tags: readonly string[] | null): void
  reject(ids: readonly number[], rejected: boolean): void
  /** Accepts photos, or takes that back. */
  accept(ids: readonly number[], accepted: boolean): void
  accepted(): Set<number>
}

const columns = `
  SELECT id, kind, name, group_name AS "group", width, height, sha256, rejected, has_truth AS hasTruth, removed_at_ms AS binnedAtMs,
    EXISTS (SELECT 1 FROM render_masks m WHERE m.image_id = images.id) AS hasMask,
    NOT EXISTS (SELECT 1 FROM untagged u WHERE u.image_id = images.id) AS tagged,
    (SELECT json_group_array(w.name ORDER BY w.class_index) FROM image_tags t JOIN workpieces w ON w.id = t.workpiece_id
      WHERE t.image_id = images.id) AS tags
  FROM images`

type Flags = 'rejected' | 'hasTruth' | 'hasMask' | 'tagged'
type Raw = Omit<ImageRow, Flags | 'tags'> & Record<Flags, number> & { tags: string }
const toRow = (raw: Raw): ImageRow => ({
  ...raw, tags: JSON.parse(raw.tags) as string[],
  rejected: raw.rejected === 1, hasTruth: raw.hasTruth === 1, hasMask: raw.hasMask === 1, tagged: raw.tagged === 1,
})

const untagged = 'id IN (SELECT image_id FROM untagged)'
const background = `kind = 'photo' AND NOT ${untagged} AND id NOT IN (SELECT image_id FROM image_tags)`
const states = { untagged, background, truth: 'has_truth = 1', rejected: 'rejected = 1', binned: 'TRUE' } as const

export function openDesk(store: Store): Desk {
  const sql = statements(databaseOf(store))
  const each = (text: string, ids: readonly number[], ...values: (string | number)[]) => {
    for (const id of ids) sql(text).run(...values, id)
  }
  return {
    find: (filter, sort) => {
      const { where, values } = conditions(filter)
      return sql(`SELECT id FROM images WHERE ${where} ORDER BY ${sort === 'name' ? 'name COLLATE NOCASE, id' : 'id'}`).pluck().all(...values) as number[]
    },
    read: (ids) => ids.flatMap((id) => {
      const raw = sql(`${columns} WHERE id = ?`).get(id) as Raw | undefined
      return raw ? [toRow(raw)] : []
    }),
    counts: () => sql(`SELECT
      count(*) FILTER (WHERE u AND kind = 'photo') AS photos,
      count(*) FILTER (WHERE u AND kind = 'render') AS renders,
      count(*) FILTER (WHERE u AND ${untagged}) AS untagged,
      count(*) FILTER (WHERE u AND ${background}) AS background,
      count(*) FILTER (WHERE u AND has_truth) AS truth,
      count(*) FILTER (WHERE u AND rejected) AS rejected,
      count(*) FILTER (WHERE NOT u) AS binned
      FROM (SELECT *, removed_at_ms IS NULL AS u FROM images)`).get() as ReturnType<Desk['counts']>,
    tag: (ids, tags) => store.transaction(() => {
      store.images.setTags(ids, tags ?? [])
      each(tags === null ? 'INSERT OR IGNORE INTO untagged (image_id) VALUES (?)' : 'DELETE FROM untagged WHERE image_id = ?', ids)
    }),
    reject: (ids, rejected) => store.transaction(() => each('UPDATE images SET rejected = ? WHERE id = ?', ids, Number(rejected))),
    accept: (ids, accepted) => store.transaction(() => {
      each('DELETE FROM accepted WHERE image_id = ?', ids)
      if (accepted) each('INSERT INTO accepted (saved_at_ms, image_id) SELECT ?, id FROM images WHERE id = ?', ids, Date.now())
    }),
    accepted: () => new Set(sql('SELECT image_id FROM accepted').pluck().all() as number[]),
  }
}

function conditions(filter: ImageFilter): { where: string; values: string[] } {
  const parts = [filter.state === 'binned' ? 'removed_at_ms IS NOT NULL' : 'removed_at_ms IS NULL']
  const values: string[] = []
  const add = (condition: string, value: string | undefined) => {
    if (value === undefined) return
    parts.push(condition)
    values.push(value)
  }
  if (filter.state) parts.push(states[filter.state])
  add('kind = ?', filter.kind)
  add('group_name = ?', filter.group)
  add('id IN (SELECT image_id FROM image_tags JOIN workpieces w ON w.id = workpiece_id WHERE w.name = ?)', filter.workpiece)
  add('instr(lower(name), lower(?)) > 0', filter.text || undefined)
  return { where: parts.join(' AND '), values }
}
