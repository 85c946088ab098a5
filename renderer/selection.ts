/** A selection in a list of ids: what is selected, where a range starts, where the keyboard is. */
export interface Selection {
  readonly ids: ReadonlySet<number>
  readonly anchor: number
  readonly focus: number
}
export const emptySelection: Selection = { ids: new Set(), anchor: 0, focus: 0 }

export interface Modifiers {
  /** Extends from the anchor. */
  readonly range?: boolean
  /** Adds or takes away one. */
  readonly toggle?: boolean
}

function between(list: readonly number[], a: number, b: number): number[] {
  return list.slice(Math.min(a, b), Math.max(a, b) + 1)
}

/** What a click (or Space) on the item at `index` does. */
export function pick(selection: Selection, list: readonly number[], index: number, { range, toggle }: Modifiers = {}): Selection {
  if (index < 0 || index >= list.length) return selection
  if (range) {
    const span = between(list, selection.anchor, index)
    return { ids: new Set(toggle ? [...selection.ids, ...span] : span), anchor: selection.anchor, focus: index }
  }
  if (!toggle) return { ids: new Set([list[index]]), anchor: index, focus: index }
  const ids = new Set(selection.ids)
  if (!ids.delete(list[index])) ids.add(list[index])
  return { ids, anchor: index, focus: index }
}

/** What an arrow key does: moves by `step` items, extending with `range`, only moving with `toggle`. */
export function move(selection: Selection, list: readonly number[], step: number, modifiers: Modifiers = {}): Selection {
  if (list.length === 0) return selection
  const target = selection.focus + step
  const index = target < 0 || target >= list.length ? selection.focus : target
  if (modifiers.toggle && !modifiers.range) return { ...selection, focus: index }
  return pick(selection, list, index, { range: modifiers.range })
}

export const pickAll = (list: readonly number[]): Selection => ({ ids: new Set(list), anchor: 0, focus: Math.max(0, list.length - 1) })

/** Keeps what is still in the list. */
export function keep(selection: Selection, list: readonly number[]): Selection {
  const there = new Set(list)
  const last = Math.max(0, list.length - 1)
  return {
    ids: new Set([...selection.ids].filter((id) => there.has(id))),
    anchor: Math.min(selection.anchor, last),
    focus: Math.min(selection.focus, last),
  }
}
