import type { LabImage } from '../image/lab.ts'
import type { FloatMap } from '../image/types.ts'

/** Side of the squares in which lightness is averaged, as a share of the width, so that noise tells nothing. */
const cellShare = 1 / 160
/** Cells a side of a block in which two pictures are compared. */
const blockCells = 8
/** Mean change of lightness from cell to cell from which on a block of the scene has something to show. */
const leastChange = 0.75
/** Fewest blocks of a scene that tell whether the camera stands. */
const fewestBlocks = 4
/** Correlation from which on two blocks show the same thing. */
const sameThing = 0.5

/**
 * Whether a photo shows a scene from where the camera always stood: share of the scene's blocks with any structure whose edges the photo
 * repeats at the same place, by the correlation of lightness gradients.
 *
 * @param photo CIELAB, [H, W, 3]. @param scene What is believed to be there, of the same size.
 * @returns 0..1; 0 where the scene has too little structure to tell.
 */
export function standing(photo: LabImage, scene: LabImage): number {
  const [seen, believed] = [cellsOf(photo), cellsOf(scene)]
  let telling = 0
  let same = 0
  for (let top = 0; top + blockCells < seen.height; top += blockCells)
    for (let left = 0; left + blockCells < seen.width; left += blockCells) {
      const { own, other, both } = gradients(believed, seen, left, top)
      if (own < 2 * (leastChange * blockCells) ** 2) continue
      telling++
      if (both > sameThing * Math.sqrt(own * other)) same++
    }
  return telling < fewestBlocks ? 0 : same / telling
}

/** Sums over a block: squared gradients of either picture, and their product. */
function gradients(a: FloatMap, b: FloatMap, left: number, top: number): { own: number; other: number; both: number } {
  const sums = { own: 0, other: 0, both: 0 }
  for (let y = top; y < top + blockCells; y++)
    for (let x = left; x < left + blockCells; x++)
      for (const step of [1, a.width]) {
        const i = y * a.width + x
        const [da, db] = [a.data[i + step] - a.data[i], b.data[i + step] - b.data[i]]
        sums.own += da * da
        sums.other += db * db
        sums.both += da * db
      }
  return sums
}

/** Mean lightness of small squares. */
function cellsOf({ width, height, data }: LabImage): FloatMap {
  const side = Math.max(1, Math.round(width * cellShare))
  const [columns, rows] = [Math.floor(width / side), Math.floor(height / side)]
  const cells = new Float32Array(columns * rows)
  for (let y = 0; y < rows * side; y++)
    for (let x = 0; x < columns * side; x++)
      cells[Math.floor(y / side) * columns + Math.floor(x / side)] += data[3 * (y * width + x)] / side ** 2
  return { width: columns, height: rows, data: cells }
}
