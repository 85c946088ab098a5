import { IGNORE, type LabelMap } from '../image/types.ts'

/** One object of a picture: its class index and where it is, [H, W], non-zero inside. */
export interface Instance {
  readonly label: number
  readonly mask: Uint8Array
}

/**
 * Draws objects into one label map. Where they overlap the smaller one lies on top, for it would be gone otherwise; those of label
 * IGNORE give way to every other.
 */
export function paintInstances(width: number, height: number, instances: readonly Instance[]): LabelMap {
  const data = new Uint8Array(width * height)
  const depth = ({ label, mask }: Instance) => (label === IGNORE ? Infinity : mask.reduce((area, value) => area + (value ? 1 : 0), 0))
  const ordered = instances.map((instance) => ({ ...instance, depth: depth(instance) })).sort((a, b) => b.depth - a.depth)
  for (const { label, mask } of ordered) for (let i = 0; i < data.length; i++) if (mask[i]) data[i] = label
  return { width, height, data }
}
