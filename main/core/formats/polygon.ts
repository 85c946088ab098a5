/** The outline is walked in steps of a fifth of a pixel. */
const scale = 5

/**
 * Fills a polygon exactly as the COCO tools do: a pixel belongs to it where its centre lies inside, with their rounding. Parts outside the
 * picture are cut off.
 *
 * COCO API, common/maskApi.c, rleFrPoly. https://github.com/cocodataset/cocoapi
 *
 * @param points [x0, y0, x1, y1, ...] in pixels, (0, 0) being the corner of the first pixel.
 * @param mask [H, W]; pixels of the polygon become 1.
 */
export function fillPolygon(points: readonly number[], width: number, height: number, mask: Uint8Array): void {
  const crossings = columnCrossings(points, width, height).sort((a, b) => a - b)
  for (let i = 0; i < crossings.length; i += 2) {
    // Column by column from the top, so that a run may go on into the next column.
    const end = crossings[i + 1] ?? width * height
    for (let at = crossings[i]; at < end; at++) mask[(at % height) * width + Math.floor(at / height)] = 1
  }
}

/** Where the outline passes from one pixel column to the next: x * height + y. */
function columnCrossings(points: readonly number[], width: number, height: number): number[] {
  const found: number[] = []
  let before: readonly [number, number] | undefined
  for (const point of outline(points)) {
    if (before && point[0] !== before[0]) {
      const x = ((point[0] < before[0] ? point[0] : point[0] - 1) + 0.5) / scale - 0.5
      if (Number.isInteger(x) && x >= 0 && x <= width - 1) {
        const y = (Math.min(point[1], before[1]) + 0.5) / scale - 0.5
        found.push(x * height + Math.ceil(Math.min(height, Math.max(0, y))))
      }
    }
    before = point
  }
  return found
}

/** The points of the outline on the finer grid, one for each step along the longer side of an edge. */
function* outline(points: readonly number[]): Generator<readonly [number, number]> {
  const fine = points.map((value) => Math.trunc(scale * value + 0.5))
  for (let i = 0; i < fine.length; i += 2) {
    const next = (i + 2) % fine.length
    let [xs, ys, xe, ye] = [fine[i], fine[i + 1], fine[next], fine[next + 1]]
    const [dx, dy] = [Math.abs(xe - xs), Math.abs(ye - ys)]
    const flip = dx >= dy ? xs > xe : ys > ye
    if (flip) [xs, ys, xe, ye] = [xe, ye, xs, ys]
    const along = Math.max(dx, dy)
    const slope = along === 0 ? 0 : (dx >= dy ? ye - ys : xe - xs) / along
    for (let d = 0; d <= along; d++) {
      const t = flip ? along - d : d
      yield dx >= dy ? [xs + t, Math.trunc(ys + slope * t + 0.5)] : [Math.trunc(xs + slope * t + 0.5), ys + t]
    }
  }
}
