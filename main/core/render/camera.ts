export type Vector = readonly [number, number, number]

/** A pinhole camera; the window is the part of the plane at distance 1 that the picture shows. */
export interface Camera {
  readonly eye: Vector
  readonly right: Vector
  readonly up: Vector
  readonly forward: Vector
  readonly window: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

export function unit(a: Vector): Vector {
  const length = Math.hypot(a[0], a[1], a[2])
  return [a[0] / length, a[1] / length, a[2] / length]
}

/**
 * A camera that looks at a point, with a window of half height 1 around it times the given slope.
 *
 * @param direction From the point to the camera.
 * @param distance From the point to the camera, in the mesh's unit.
 * @param roll Turn of the camera about its view axis, in radians; 0 keeps `upright` up in the picture.
 */
export function lookAt(target: Vector, direction: Vector, distance: number, roll = 0, upright: Vector = [0, 0, 1]): Camera {
  const back = unit(direction)
  const forward: Vector = [-back[0], -back[1], -back[2]]
  const side = cross(forward, upright)
  const right0 = Math.hypot(...side) > 1e-6 ? unit(side) : unit(cross(forward, Math.abs(back[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]))
  const up0 = cross(right0, forward)
  const c = Math.cos(roll)
  const s = Math.sin(roll)
  const mix = (k: 0 | 1 | 2, a: number, b: number) => a * right0[k] + b * up0[k]
  return {
    eye: [target[0] + back[0] * distance, target[1] + back[1] * distance, target[2] + back[2] * distance],
    right: [mix(0, c, s), mix(1, c, s), mix(2, c, s)],
    up: [mix(0, -s, c), mix(1, -s, c), mix(2, -s, c)],
    forward,
    window: { left: -1, right: 1, top: 1, bottom: -1 },
  }
}

/** Where a point is seen on the plane at distance 1, across and up; null at or behind the camera. */
export function project({ eye, right, up, forward }: Camera, x: number, y: number, z: number): readonly [number, number] | null {
  const ray: Vector = [x - eye[0], y - eye[1], z - eye[2]]
  const depth = dot(ray, forward)
  return depth > 0 ? [dot(ray, right) / depth, dot(ray, up) / depth] : null
}

/** Smallest window that holds all corners; corners at or behind the camera are left out. */
export function windowAround(camera: Camera, positions: Float32Array): Camera['window'] {
  let left = Infinity, right = -Infinity, top = -Infinity, bottom = Infinity
  for (let i = 0; i < positions.length; i += 3) {
    const place = project(camera, positions[i], positions[i + 1], positions[i + 2])
    if (!place) continue
    const [x, y] = place
    if (x < left) left = x
    if (x > right) right = x
    if (y < bottom) bottom = y
    if (y > top) top = y
  }
  return { left, right, top, bottom }
}
