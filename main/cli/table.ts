/** Lines up rows of text: the first column to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((w, row) => row.map((cell, i) => Math.max(w[i] ?? 0, cell.length)), [])
  return rows.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ').trimEnd()).join('\n')
}

/** `0.8312` -> `83.1`, nothing -> `-`. */
export const percent = (share: number | null | undefined) => (share === null || share === undefined ? '-' : (share * 100).toFixed(1))
