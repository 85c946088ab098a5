import { AppError } from '../../preload/contract/error.ts'
import type { ImageInfo } from '../../preload/contract/model.ts'
import type { Blobs } from './blobs.ts'
import { statements } from './connection.ts'
import type { Db } from './connection.ts'

/** A render or photo as the store knows it. */
export interface ImageRow extends ImageInfo {
  /** False: nobody has said yet what is on it. */
  readonly tagged: boolean
  readonly addedAtMs: number
  /** When it went to the bin; null when it is in use. */
  readonly removedAtMs: number | null
}

/** Every condition given must hold; none given means every image in use. */
export interface ImageFilter {
  readonly kind?: 'render' | 'photo'
  /** True: photos that may train, which have no truth, are not rejected and have been tagged (or said to show background only). */
  readonly trainable?: boolean
  readonly hasTruth?: boolean
  readonly rejected?: boolean
  /** Name of a workpiece; null means images without any. */
  readonly tag?: string | null
  readonly group?: string
  /** Part of the name. */
  readonly search?: string
  /** True: the bin instead of what is in use. */
  readonly removed?: boolean
}

export interface NewImage {
  readonly kind: 'render' | 'photo'
  readonly name: string
  readonly group: string
  readonly width: number
  readonly height: number
  readonly sha256: string
  /** Ids of workpieces; [] shows none, null: nobody has said yet. */
  readonly workpieceIds: readonly number[] | null
}

export interface Images {
  /** In order of id. */
  list(filter?: ImageFilter & { readonly offset?: number; readonly limit?: number }): ImageRow[]
  count(filter?: ImageFilter): number
  /** @throws AppError not-found. */
  get(id: number): ImageRow
  /** The image of those bytes, in use or in the bin. */
  findBySha(kind: 'render' | 'photo', sha256: string): ImageRow | null
  /** Images in use of that name, oldest first. */
  findByName(kind: 'render' | 'photo', name: string): ImageRow[]
  /** The file as it was imported. */
  bytes(id: number): Uint8Array
  /** Writes the row of an image whose blob is kept; gives its id. */
  add(image: NewImage): number
  /**
   * The same for a file that may be known: one from the bin comes back under the new name and tags, one in use stays as it is.
   * @param also What belongs to the row, written with it.
   * @returns False when nothing was to do.
   */
  take(image: NewImage, also?: (id: number) => void): boolean
  setRejected(id: number, rejected: boolean): void
  /** Gives images exactly these tags, by name; each must be a workpiece. */
  setTags(ids: readonly number[], tags: readonly string[]): void
  /** Moves images to the bin. */
  remove(ids: readonly number[]): void
  restore(ids: readonly number[]): void
}

const columns = `
  SELECT id, kind, name, group_name AS "group", width, height, sha256, rejected, has_truth AS hasTruth,
    NOT EXISTS (SELECT 1 FROM untagged u WHERE u.image_id = images.id) AS tagged, added_at_ms AS addedAtMs, removed_at_ms AS removedAtMs,
    (SELECT json_group_array(w.name ORDER BY w.class_index) FROM image_tags t JOIN workpieces w ON w.id = t.workpiece_id
      WHERE t.image_id = images.id) AS tags
  FROM images`

type Flags = 'rejected' | 'hasTruth' | 'tagged'
type Raw = Omit<ImageRow, Flags | 'tags'> & Record<Flags, number> & { tags: string }
const toRow = (raw: Raw): ImageRow => ({
  ...raw, tags: JSON.parse(raw.tags), rejected: raw.rejected === 1, hasTruth: raw.hasTruth === 1, tagged: raw.tagged === 1,
})

export function openImages(db: Db, blobs: Blobs): Images {
  const sql = statements(db)
  const get = (id: number) => {
    const raw = sql(`${columns} WHERE id = ?`).get(id) as Raw | undefined
    if (!raw) throw notFound(id)
    return toRow(raw)
  }
  const change = (text: string, id: number, ...values: (number | null)[]) => {
    if (sql(text).run(...values, id).changes === 0) throw notFound(id)
  }
  const workpieceId = (name: string) => {
    const row = sql('SELECT id FROM workpieces WHERE name = ?').get(name) as { id: number } | undefined
    if (!row) throw unknownTag(name)
    return row.id
  }
  const tag = (id: number, workpieceIds: readonly number[] | null) => {
    sql('DELETE FROM image_tags WHERE image_id = ?').run(id)
    sql(workpieceIds === null ? 'INSERT OR IGNORE INTO untagged (image_id) VALUES (?)' : 'DELETE FROM untagged WHERE image_id = ?').run(id)
    if (workpieceIds === null) return
    for (const workpiece of workpieceIds) sql('INSERT OR IGNORE INTO image_tags (image_id, workpiece_id) VALUES (?, ?)').run(id, workpiece)
  }
  const add = ({ kind, name, group, width, height, sha256, workpieceIds }: NewImage) => {
    const { lastInsertRowid } = sql(`INSERT INTO images (kind, name, group_name, width, height, sha256, added_at_ms)
      VALUES (?, ?, ?, ?, ?, ?, ?)`).run(kind, name, group, width, height, sha256, Date.now())
    tag(Number(lastInsertRowid), workpieceIds)
    return Number(lastInsertRowid)
  }
  const bringBack = (id: number, { name, group, workpieceIds }: NewImage) => {
    sql('UPDATE images SET name = ?, group_name = ?, removed_at_ms = NULL WHERE id = ?').run(name, group, id)
    tag(id, workpieceIds)
    return id
  }
  const findBySha = (kind: string, sha256: string) => {
    const raw = sql(`${columns} WHERE kind = ? AND sha256 = ?`).get(kind, sha256) as Raw | undefined
    return raw ? toRow(raw) : null
  }
  return {
    get,
    findBySha,
    list: ({ offset = 0, limit = -1, ...filter } = {}) => {
      const { where, values } = conditions(filter)
      return (sql(`${columns} ${where} ORDER BY id LIMIT ? OFFSET ?`).all(...values, limit, offset) as Raw[]).map(toRow)
    },
    count: (filter = {}) => {
      const { where, values } = conditions(filter)
      return (sql(`SELECT count(*) AS n FROM images ${where}`).get(...values) as { n: number }).n
    },
    findByName: (kind, name) =>
      (sql(`${columns} WHERE kind = ? AND name = ? AND removed_at_ms IS NULL ORDER BY id`).all(kind, name) as Raw[]).map(toRow),
    bytes: (id) => blobs.get(get(id).sha256),
    add: db.transaction(add),
    take: db.transaction((image: NewImage, also?: (id: number) => void) => {
      const known = findBySha(image.kind, image.sha256)
      if (known && known.removedAtMs === null) return false
      const id = known ? bringBack(known.id, image) : add(image)
      also?.(id)
      return true
    }),
    setRejected: (id, rejected) => change('UPDATE images SET rejected = ? WHERE id = ?', id, Number(rejected)),
    setTags: db.transaction((ids: readonly number[], tags: readonly string[]) => {
      const wanted = tags.map(workpieceId)
      for (const id of ids) {
        get(id)
        tag(id, wanted)
      }
    }).immediate,
    remove: db.transaction((ids: readonly number[]) => {
      for (const id of ids) change('UPDATE images SET removed_at_ms = coalesce(removed_at_ms, ?) WHERE id = ?', id, Date.now())
    }).immediate,
    restore: db.transaction((ids: readonly number[]) => {
      for (const id of ids) change('UPDATE images SET removed_at_ms = NULL WHERE id = ?', id)
    }).immediate,
  }
}

function conditions(f: ImageFilter): { where: string; values: (string | number)[] } {
  const parts = [f.removed ? 'removed_at_ms IS NOT NULL' : 'removed_at_ms IS NULL']
  const values: (string | number)[] = []
  const equal = (column: string, value: string | number | undefined) => {
    if (value === undefined) return
    parts.push(`${column} = ?`)
    values.push(value)
  }
  equal('kind', f.kind)
  equal('has_truth', f.hasTruth === undefined ? undefined : Number(f.hasTruth))
  equal('rejected', f.rejected === undefined ? undefined : Number(f.rejected))
  equal('group_name', f.group)
  const trains = `kind = 'photo' AND has_truth = 0 AND rejected = 0 AND id NOT IN (SELECT image_id FROM untagged)`
  if (f.trainable !== undefined) parts.push(f.trainable ? trains : `NOT (${trains})`)
  if (f.search) {
    parts.push('instr(lower(name), lower(?)) > 0')
    values.push(f.search)
  }
  if (f.tag === null) parts.push('id NOT IN (SELECT image_id FROM image_tags)')
  if (typeof f.tag === 'string') {
    parts.push('id IN (SELECT image_id FROM image_tags JOIN workpieces w ON w.id = workpiece_id WHERE w.name = ?)')
    values.push(f.tag)
  }
  return { where: `WHERE ${parts.join(' AND ')}`, values }
}

const notFound = (id: number) => new AppError({
  code: 'not-found',
  message: `There is no picture ${id}.`,
  advice: 'It may have been deleted; open the project again.',
  subject: String(id),
})

const unknownTag = (name: string) => new AppError({
  code: 'not-found',
  message: `There is no workpiece called ${name}.`,
  advice: 'Import renders of it first, or choose one from the list.',
  subject: name,
})
