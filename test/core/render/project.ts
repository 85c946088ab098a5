import type { Camera } from '../../../main/core/render/camera.ts'
import type { Mesh } from '../../../main/core/render/mesh.ts'

/** Twice the area in pixels under which a triangle meets no centre of a pixel but by rounding. */
const sliver = 1e-9

interface Corner { readonly x: number; readonly y: number; readonly depth: number }

/**
 * Which mesh each pixel shows, by another way than the renderer's: every triangle is projected, scan-converted at the centres of pixels, and the
 * nearest wins by a depth buffer. Nothing may lie behind the camera. 0 is nothing, n is the n-th mesh; 255 is a centre so near an edge that
 * rounding decides.
 */
export function project(meshes: readonly Mesh[], camera: Camera, width: number, height: number, unsure = 1e-6): Uint8Array {
  const owners = new Uint8Array(width * height)
  const near = new Float64Array(width * height)
  const close = new Uint8Array(width * height)
  meshes.forEach((mesh, m) => {
    const corners = projectCorners(mesh, camera, width, height)
    for (let t = 0; t < mesh.indices.length; t += 3)
      scan(corners[mesh.indices[t]], corners[mesh.indices[t + 1]], corners[mesh.indices[t + 2]], m + 1)
  })
  for (let i = 0; i < owners.length; i++) if (close[i]) owners[i] = 255
  return owners

  function scan(a: Corner, b: Corner, c: Corner, owner: number): void {
    const left = Math.max(0, Math.ceil(Math.min(a.x, b.x, c.x) - 0.5 - unsure)), right = Math.min(width - 1, Math.floor(Math.max(a.x, b.x, c.x) - 0.5 + unsure))
    const top = Math.max(0, Math.ceil(Math.min(a.y, b.y, c.y) - 0.5 - unsure)), bottom = Math.min(height - 1, Math.floor(Math.max(a.y, b.y, c.y) - 0.5 + unsure))
    const area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
    if (Math.abs(area) < sliver) return
    for (let j = top; j <= bottom; j++)
      for (let i = left; i <= right; i++) {
        const at = j * width + i
        const edges = [away(b, c, i, j), away(c, a, i, j), away(a, b, i, j)].map((distance) => distance * Math.sign(area))
        if (edges.every((distance) => distance > -unsure) && edges.some((distance) => distance < unsure)) close[at] |= isInside(a, b, c, i, j, unsure) ? 1 : 0
        if (edges.some((distance) => distance < 0)) continue
        const depth = 1 / inverseDepth(a, b, c, area, i, j)
        if (near[at] > 0 && near[at] <= depth) continue
        near[at] = depth
        owners[at] = owner
      }
  }
}

/** Signed distance of a pixel's centre from a line, in pixels. */
function away(from: Corner, to: Corner, i: number, j: number): number {
  const dx = to.x - from.x, dy = to.y - from.y
  return (dx * (j + 0.5 - from.y) - dy * (i + 0.5 - from.x)) / (Math.hypot(dx, dy) || 1)
}

/** Whether a centre lies within a triangle made larger by a margin, seen by its box. */
function isInside(a: Corner, b: Corner, c: Corner, i: number, j: number, margin: number): boolean {
  const x = i + 0.5, y = j + 0.5
  return x >= Math.min(a.x, b.x, c.x) - margin && x <= Math.max(a.x, b.x, c.x) + margin && y >= Math.min(a.y, b.y, c.y) - margin && y <= Math.max(a.y, b.y, c.y) + margin
}

/** One over depth is linear over the picture. */
function inverseDepth(a: Corner, b: Corner, c: Corner, area: number, i: number, j: number): number {
  const part = (from: Corner, to: Corner) => ((to.x - from.x) * (j + 0.5 - from.y) - (to.y - from.y) * (i + 0.5 - from.x)) / area
  return part(b, c) / a.depth + part(c, a) / b.depth + part(a, b) / c.depth
}

function projectCorners({ positions }: Mesh, { eye, right, up, forward, window: w }: Camera, width: number, height: number): Corner[] {
  return Array.from({ length: positions.length / 3 }, (_, i) => {
    const p = [0, 1, 2].map((k) => positions[3 * i + k] - eye[k])
    const along = (axis: readonly number[]) => p[0] * axis[0] + p[1] * axis[1] + p[2] * axis[2]
    const depth = along(forward)
    return { depth, x: ((along(right) / depth - w.left) / (w.right - w.left)) * width, y: ((along(up) / depth - w.top) / (w.bottom - w.top)) * height }
  })
}
