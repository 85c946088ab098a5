import type { CadReading } from '../../preload/contract/render-set.ts'

/** Directions of the axes that a CAD file may call up. */
export const axes: Readonly<Record<NonNullable<CadReading['up']>, readonly [number, number, number]>> = {
  x: [1, 0, 0], '-x': [-1, 0, 0], y: [0, 1, 0], '-y': [0, -1, 0], z: [0, 0, 1], '-z': [0, 0, -1],
}
