/** Done and undone steps; a new step forgets the undone ones. */
export interface History<T> {
  readonly done: readonly T[]
  readonly undone: readonly T[]
}
export const emptyHistory: History<never> = { done: [], undone: [] }

const limit = 200

export function push<T>(history: History<T>, step: T): History<T> {
  return { done: [...history.done, step].slice(-limit), undone: [] }
}

/** The step to take back and the history after it; undefined when there is none. */
export function undo<T>({ done, undone }: History<T>): { step: T; history: History<T> } | undefined {
  if (done.length === 0) return undefined
  const step = done[done.length - 1]
  return { step, history: { done: done.slice(0, -1), undone: [...undone, step] } }
}

/** The step to do again and the history after it; undefined when there is none. */
export function redo<T>({ done, undone }: History<T>): { step: T; history: History<T> } | undefined {
  if (undone.length === 0) return undefined
  const step = undone[undone.length - 1]
  return { step, history: { done: [...done, step], undone: undone.slice(0, -1) } }
}
