/** What of a long grid is in sight. */
export interface GridWindow {
  readonly columns: number
  readonly cellWidth: number
  readonly rowHeight: number
  /** First and one past the last item to draw. */
  readonly first: number
  readonly last: number
  /** Distance of the first drawn row from the top, in px. */
  readonly top: number
  readonly height: number
}

export interface GridShape {
  readonly count: number
  readonly width: number
  readonly height: number
  readonly scrollTop: number
  /** Smallest width of a cell; cells grow to fill the row. */
  readonly minCell: number
  /** Height of a cell as a share of its width, plus `extra` px. */
  readonly ratio: number
  readonly extra: number
  readonly gap: number
  /** Rows drawn beyond what is in sight. */
  readonly overscan?: number
}

/** Rows and items of a grid that are in sight. Sizes in px. */
export function gridWindow({ count, width, height, scrollTop, minCell, ratio, extra, gap, overscan = 2 }: GridShape): GridWindow {
  const columns = Math.max(1, Math.floor((width + gap) / (minCell + gap)))
  const cellWidth = Math.max(1, (width - gap * (columns - 1)) / columns)
  const rowHeight = Math.round(cellWidth * ratio + extra) + gap
  const rows = Math.ceil(count / columns)
  const firstRow = Math.max(0, Math.min(rows, Math.floor(scrollTop / rowHeight)) - overscan)
  const lastRow = Math.min(rows, Math.ceil((scrollTop + height) / rowHeight) + overscan)
  return {
    columns, cellWidth, rowHeight,
    first: firstRow * columns,
    last: Math.min(count, lastRow * columns),
    top: firstRow * rowHeight,
    height: Math.max(0, rows * rowHeight - gap),
  }
}

/** Where to scroll so that an item is wholly in sight; the present position when it is. */
export function scrollTo(index: number, shape: GridShape): number {
  const { columns, rowHeight } = gridWindow(shape)
  const top = Math.floor(index / columns) * rowHeight
  if (top < shape.scrollTop) return top
  const bottom = top + rowHeight - shape.gap
  return bottom > shape.scrollTop + shape.height ? bottom - shape.height : shape.scrollTop
}
