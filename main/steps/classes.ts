import type { Store } from '../store/index.ts'

/** Background and every workpiece, by class index. */
export const classCount = (store: Store) => Math.max(0, ...store.workpieces.list().map(({ classIndex }) => classIndex)) + 1

/** Class index by name of workpiece. */
export const classIndices = (store: Store) => new Map(store.workpieces.list().map(({ name, classIndex }) => [name, classIndex]))
