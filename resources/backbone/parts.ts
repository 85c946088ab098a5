import { BoxGeometry, CatmullRomCurve3, CylinderGeometry, ExtrudeGeometry, LatheGeometry, Path, Shape, SphereGeometry, TorusGeometry, TubeGeometry, Vector2, Vector3, type BufferGeometry } from 'three'
import { random, type Random } from '../../main/core/random.ts'
import { joinMeshes, type Mesh } from '../../main/core/render/mesh.ts'

/** Machine parts drawn by code, of kinds that factories make; sizes in mm. A number gives the same part at every run. */

const round = 48
const turn = 2 * Math.PI

/** The part of a number: its kind by turns, all else drawn. */
export function drawPart(number: number): Mesh {
  const rng = random('parts 1', number)
  return joinMeshes(kinds[kindOf(number)](rng).map(toMesh))
}

const kinds = { shaft, pulley, gear, screw, plate, bracket, flange, motor, profile, bentSheet, wheel, housing, spring, lever, pipe, nutLike, knob, block }
const names = Object.keys(kinds) as (keyof typeof kinds)[]

/** What the part of a number is. */
export function kindOf(number: number) {
  return names[number % names.length]
}

/** Stepped, with grooves and now and then a flat end. */
function shaft(rng: Random) {
  const line: [number, number][] = [[0, 0]]
  let z = 0
  for (let i = 0, n = 2 + rng.below(5); i < n; i++) {
    const radius = rng.between(4, 16)
    line.push([radius - 1, z], [radius, z + 1], [radius, (z += rng.between(6, 30))])
    if (rng.chance(0.3)) line.push([radius - 1.5, z], [radius - 1.5, (z += 2)])
  }
  return [turned([...line, [0, z]])]
}

/** Turned rings with one or more grooves for belts, and a bore. */
function pulley(rng: Random) {
  const bore = rng.between(3, 10), outer = bore + rng.between(6, 22), deep = rng.between(0.3, 0.7) * (outer - bore), width = rng.between(3, 9)
  const line: [number, number][] = [[bore, 0], [outer, 0]]
  let z = 0
  for (let i = 0, n = 1 + rng.below(3); i < n; i++) line.push([outer, z + 1.5], [outer - deep, z + 1.5 + width / 3], [outer - deep, z + 1.5 + (2 * width) / 3], [outer, (z += width + 1.5)])
  line.push([outer, (z += 1.5)])
  if (rng.chance(0.5)) line.push([bore + 3, z], [bore + 3, (z += rng.between(4, 14))])
  return [turned([...line, [bore, z], [bore, 0]])]
}

function gear(rng: Random) {
  const teeth = 8 + rng.below(32), outer = rng.between(14, 34), deep = Math.min(0.3 * outer, (rng.between(1.6, 2.6) * outer) / teeth)
  const shape = outline(teeth * 4, (i) => (i % 4 < 2 ? outer : outer - deep))
  shape.holes.push(circle(rng.between(0.12, 0.4) * outer))
  if (rng.chance(0.35)) holesAround(shape, 3 + rng.below(4), 0.62 * outer, 0.13 * outer)
  const thick = rng.between(4, 16)
  return rng.chance(0.5) ? [extruded(shape, thick)] : [extruded(shape, thick), turned(ring(0.3 * outer, 0.5 * outer, thick + rng.between(3, 12)))]
}

function screw(rng: Random) {
  const radius = rng.between(3, 8), length = rng.between(14, 60), head = radius * rng.between(1.5, 2.1), high = radius * rng.between(0.7, 2)
  const line: [number, number][] = [[0, -length], [radius - 1, -length]]
  const pitch = rng.between(1.5, 3)
  for (let z = 1 - length; z < -rng.between(0.05, 0.4) * length; z += pitch) line.push([radius, z], [0.86 * radius, z + pitch / 2])
  const body = turned([...line, [radius, 0], [0, 0]])
  const shape = rng.pick([() => outline(6, () => head), () => outline(round, () => head), () => outline(4, () => head), () => slotted(head)])()
  if (rng.chance(0.5)) shape.holes.push(path(6, () => 0.5 * head))
  return [body, extruded(shape, high, 0.4), ...(rng.chance(0.3) ? [turned(ring(0.9 * radius, 1.35 * head, 1.5))] : [])]
}

/** Flat, with holes in rows or a pattern, slots and cut corners. */
function plate(rng: Random) {
  const x = rng.between(25, 80), y = rng.between(15, 60), shape = rounded(x, y, rng.between(0, 0.25) * Math.min(x, y))
  const hole = rng.between(0.05, 0.11) * Math.min(x, y)
  for (const [sx, sy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) if (rng.chance(0.75)) shape.holes.push(circle(hole, sx * (x / 2 - 2 * hole), sy * (y / 2 - 2 * hole)))
  if (rng.chance(0.6)) shape.holes.push(rng.pick([() => circle(0.2 * Math.min(x, y)), () => path(4, () => 0.25 * Math.min(x, y)), () => slot(0.45 * x, 0.15 * y), () => path(8, () => 0.25 * Math.min(x, y))])())
  const thick = rng.between(1.5, 12)
  const ribs = rng.chance(0.3) ? [box(x * 0.8, 2, 8, 0, y * 0.3, thick + 3), box(x * 0.8, 2, 8, 0, -y * 0.3, thick + 3)] : []
  return [extruded(shape, thick, rng.chance(0.5) ? 0.6 : 0), ...ribs]
}

/** L and U of plates with holes. */
function bracket(rng: Random) {
  const x = rng.between(25, 60), y = rng.between(15, 45), z = rng.between(15, 50), thick = rng.between(2, 7), hole = 0.13 * y
  const wall = () => {
    const shape = rounded(z, y, rng.between(0, 0.4) * Math.min(y, z))
    shape.holes.push(circle(rng.between(0.12, 0.3) * Math.min(y, z)))
    return extruded(shape, thick).rotateY(-Math.PI / 2).translate(0, 0, z / 2)
  }
  const foot = rounded(x, y, rng.between(0, 0.15) * y)
  foot.holes.push(circle(hole, x / 4), circle(hole, -x / 8))
  const parts = [extruded(foot, thick), wall().translate(x / 2, 0, 0)]
  if (rng.chance(0.45)) parts.push(wall().translate(-x / 2 + thick, 0, 0))
  if (rng.chance(0.4)) parts.push(extruded(polygon([[0, 0], [0.6 * x, 0], [0, 0.7 * z]]), thick).rotateX(Math.PI / 2).rotateZ(Math.PI).translate(x / 2 - thick, -thick / 2, thick))
  return parts
}

function flange(rng: Random) {
  const outer = rng.between(20, 40), bore = rng.between(0.2, 0.45) * outer, thick = rng.between(3, 9), sides = rng.pick([round, round, 4, 3, 8])
  const shape = sides === round ? outline(round, () => outer) : rounded(1.7 * outer, sides === 3 ? 1.1 * outer : 1.7 * outer, 0.3 * outer)
  shape.holes.push(circle(bore))
  holesAround(shape, 3 + rng.below(6), 0.5 * (outer + bore) * (sides === round ? 1.05 : 0.98), 0.09 * outer)
  const hub = rng.between(6, 30)
  return [extruded(shape, thick, 0.5), turned(ring(bore, bore + rng.between(2, 0.2 * outer), thick + hub))]
}

/** A body, square or round, its gearbox, a shaft and now and then terminals. */
function motor(rng: Random) {
  const radius = rng.between(10, 20), length = rng.between(20, 55)
  const body = rng.chance(0.4) ? extruded(rounded(1.8 * radius, 1.8 * radius, 0.35 * radius), length, 1) : tube(radius, length)
  const box2 = rng.chance(0.6) ? [rng.chance(0.5) ? tube(radius * rng.between(0.8, 1.25), 12, 0, 0, length) : box(2 * radius, 2.6 * radius, 14, 0, 0.2 * radius, length + 7)] : []
  const end = length + (box2.length > 0 ? 13 : 0)
  const shaftAt = rng.chance(0.4) ? 0.4 * radius : 0
  const more = rng.chance(0.5) ? [tube(0.45 * radius, 4, shaftAt, 0, end)] : []
  const pins = rng.chance(0.5) ? [box(1, 4, 6, 0.4 * radius, 0, -3), box(1, 4, 6, -0.4 * radius, 0, -3)] : []
  return [body, ...box2, ...more, tube(rng.between(1.5, 4), rng.between(8, 24), shaftAt, 0, end), ...pins]
}

/** Lengths of drawn profiles: angle, channel, T, slotted square. */
function profile(rng: Random) {
  const a = rng.between(14, 30), b = rng.between(14, 30), t = rng.between(2, 5)
  const shape = rng.pick([
    () => polygon([[0, 0], [a, 0], [a, t], [t, t], [t, b], [0, b]]),
    () => polygon([[0, 0], [a, 0], [a, b], [a - t, b], [a - t, t], [t, t], [t, b], [0, b]]),
    () => polygon([[0, 0], [a, 0], [a, t], [(a + t) / 2, t], [(a + t) / 2, b], [(a - t) / 2, b], [(a - t) / 2, t], [0, t]]),
    () => outline(16, (i) => (i % 4 === 0 ? 0.45 * a : i % 2 === 0 ? a : 0.8 * a)),
    () => { const hollow = rounded(a, b, 3); hollow.holes.push(slot(0.7 * a, 0.65 * b)); return hollow },
  ])()
  return [extruded(shape, rng.between(20, 90))]
}

/** Sheet bent along lines: a strip of straight pieces, with holes in the first. */
function bentSheet(rng: Random) {
  const width = rng.between(12, 40), t = rng.between(1, 2.5)
  let x = 0, z = 0, angle = 0
  const points: [number, number][] = [[0, 0]]
  for (let i = 0, n = 2 + rng.below(4); i < n; i++) {
    const length = rng.between(10, 28)
    points.push([(x += length * Math.cos(angle)), (z += length * Math.sin(angle))])
    angle += rng.pick([-1, 1, 1]) * rng.pick([Math.PI / 2, Math.PI / 2, Math.PI / 4])
  }
  const back = points.map(([px, pz], i) => {
    const [ax, az] = points[Math.max(0, i - 1)], [bx, bz] = points[Math.min(points.length - 1, i + 1)]
    const long = Math.hypot(bx - ax, bz - az)
    return [px - (t * (bz - az)) / long, pz + (t * (bx - ax)) / long] as [number, number]
  })
  return [extruded(polygon([...points, ...back.reverse()]), width).rotateX(Math.PI / 2), ...(rng.chance(0.5) ? [tube(0.12 * width, 4, 6, -width / 2, 0)] : [])]
}

/** Handwheels and castors: rim, spokes, hub. */
function wheel(rng: Random) {
  const outer = rng.between(18, 36), rim = rng.between(2, 6), hub = rng.between(4, 9), spokes = 3 + rng.below(4), high = rng.between(3, 10)
  const bars = Array.from({ length: spokes }, (_, i) => box(outer - hub, rng.between(2, 5), 0.6 * high, (outer + hub) / 2 - 1, 0, high / 2).rotateZ((turn * i) / spokes))
  const round2 = rng.chance(0.5) ? new TorusGeometry(outer, rim, 12, round).translate(0, 0, high / 2) : turned(ring(outer - rim, outer + rim, high))
  return [round2, turned(ring(0.4 * hub, hub, high + rng.between(0, 10))), ...bars, ...(rng.chance(0.3) ? [tube(3, 20, outer, 0, high)] : [])]
}

/** A box or drum with a mouth, ears with holes and ribs. */
function housing(rng: Random) {
  const x = rng.between(25, 50), y = rng.between(20, 45), z = rng.between(12, 35), wall = rng.between(2, 5)
  const around = rng.chance(0.5) ? rounded(x, y, rng.between(1, 0.3 * y)) : outline(round, () => x / 2)
  around.holes.push(rng.chance(0.5) ? circle(Math.min(x, y) / 2 - wall) : path(4, () => 0.6 * Math.min(x, y) - wall))
  const ear = () => { const shape = rounded(12, 10, 4); shape.holes.push(circle(2.6)); return extruded(shape, 4) }
  const floor = rng.chance(0.7) ? [extruded(outline(round, () => Math.min(x, y) / 2), wall)] : []
  const boss = rng.chance(0.5) ? [tube(rng.between(3, 7), rng.between(3, 9), 0, y / 2 - 3, z / 2)] : []
  return [extruded(around, z, 0.5), ...floor, ear().translate(x / 2 + 4, 0, 0), ear().translate(-x / 2 - 4, 0, 0), ...boss]
}

function spring(rng: Random) {
  const radius = rng.between(6, 16), wire = rng.between(1, 2.6), coils = 3 + rng.below(7), pitch = wire * rng.between(2.2, 4)
  const points = Array.from({ length: coils * 12 + 1 }, (_, i) => new Vector3(radius * Math.cos((turn * i) / 12), radius * Math.sin((turn * i) / 12), (pitch * i) / 12))
  return [new TubeGeometry(new CatmullRomCurve3(points), coils * 20, wire, 8)]
}

/** A bar between two eyes, as levers, links and spanners are. */
function lever(rng: Random) {
  const a = rng.between(6, 15), b = rng.between(5, 12), length = rng.between(30, 75), thick = rng.between(3, 10)
  const eye = (radius: number, open: boolean) => {
    const shape = open ? outline(round, (i) => (i < 4 || i > round - 4 ? 0.45 * radius : radius)) : outline(round, () => radius)
    shape.holes.push(rng.chance(0.5) ? circle(0.4 * radius) : path(6, () => 0.4 * radius))
    return extruded(shape, thick)
  }
  const bar = rounded(length, rng.between(0.5, 1.1) * Math.min(a, b), 1)
  return [eye(a, rng.chance(0.25)), eye(b, false).rotateZ(Math.PI).translate(-length, 0, 0), extruded(bar, thick * rng.between(0.4, 0.9)).translate(-length / 2, 0, thick * 0.1)]
}

/** Bent tubes with collars. */
function pipe(rng: Random) {
  const radius = rng.between(3, 7)
  const points = [new Vector3(0, 0, 0)]
  for (let i = 0, n = 2 + rng.below(3); i < n; i++) points.push(points[i].clone().add(new Vector3(rng.between(-25, 30), rng.between(-25, 30), i % 2 ? rng.between(0, 25) : 20)))
  const [first, last] = [points[0], points[points.length - 1]]
  const cap = (at: Vector3) => rng.chance(0.6) ? [new SphereGeometry(radius * rng.between(1.1, 1.7), 20, 14).translate(at.x, at.y, at.z)] : []
  return [new TubeGeometry(new CatmullRomCurve3(points), 60, radius, 20), tube(radius * 1.6, 5, first.x, first.y, first.z - 2), ...cap(last)]
}

/** Nuts, bushes and washers: few or many sides, a collar, a bore of another shape. */
function nutLike(rng: Random) {
  const sides = rng.pick([4, 5, 6, 6, 8, 12, round]), outer = rng.between(8, 20), inner = rng.between(0.35, 0.72) * outer * Math.cos(Math.PI / Math.max(6, sides))
  const shape = outline(sides, () => outer)
  shape.holes.push(path(rng.pick([round, round, 4, 6]), () => inner))
  const high = rng.between(0.15, 1.4) * outer
  return [extruded(shape, high, 0.7), ...(rng.chance(0.4) ? [turned(ring(inner + 0.5, outer * rng.between(0.95, 1.35), 0.2 * high))] : [])]
}

/** Knobs and star grips: lobes about a stem. */
function knob(rng: Random) {
  const lobes = 3 + rng.below(6), radius = rng.between(10, 22), swing = rng.between(0.08, 0.3), high = rng.between(6, 16)
  const grip = extruded(outline(120, (i) => radius * (1 + swing * Math.cos((turn * lobes * i) / 120))), high, 1.5)
  const stem = rng.between(8, 25)
  return [grip, tube(radius * 0.45, high * 0.8, 0, 0, high), tube(rng.between(2, 4), stem + 2, 0, 0, -stem)]
}

/** Blocks with steps, grooves, bores and pins. */
function block(rng: Random) {
  const x = rng.between(16, 45), y = rng.between(14, 40), z = rng.between(6, 26)
  const cut = rng.between(0.2, 0.6)
  const side = rng.pick([
    () => polygon([[0, 0], [x, 0], [x, cut * z], [0.6 * x, cut * z], [0.6 * x, z], [0, z]]),
    () => polygon([[0, 0], [x, 0], [x, z], [0.7 * x, z], [0.7 * x, cut * z], [0.3 * x, cut * z], [0.3 * x, z], [0, z]]),
    () => polygon([[0, 0], [x, 0], [0.75 * x, z], [0.25 * x, z]]),
    () => polygon([[0, 0], [x, 0], [x, z], [0.65 * x, z], [0.5 * x, cut * z], [0.35 * x, z], [0, z]]),
  ])()
  if (rng.chance(0.5)) side.holes.push(circle(0.16 * Math.min(x, z), x * 0.25, cut * z * 0.45))
  const body = extruded(side, y).rotateX(Math.PI / 2)
  return [body, ...(rng.chance(0.6) ? [tube(rng.between(2, 5), rng.between(4, 14), 0.15 * x, -y / 2, z - 1)] : [])]
}

function outline(sides: number, radius: (i: number) => number): Shape {
  return new Shape(around(sides, radius))
}

const path = (sides: number, radius: (i: number) => number) => new Path(around(sides, radius))
const around = (sides: number, radius: (i: number) => number) =>
  Array.from({ length: sides }, (_, i) => new Vector2(radius(i) * Math.cos((turn * i) / sides), radius(i) * Math.sin((turn * i) / sides)))
const polygon = (points: readonly (readonly [number, number])[]) => new Shape(points.map(([x, y]) => new Vector2(x, y)))
const circle = (radius: number, x = 0, y = 0) => new Path(around(28, () => radius).map((point) => point.add(new Vector2(x, y))))
const slotted = (radius: number) => polygon([...around(24, () => radius).slice(1, 24)].map(({ x, y }) => [x, y] as const))

function rounded(x: number, y: number, radius: number): Shape {
  const corners = [[1, 1, 0], [-1, 1, 1], [-1, -1, 2], [1, -1, 3]]
  return polygon(corners.flatMap(([sx, sy, quarter]) => Array.from({ length: radius > 0.5 ? 7 : 1 }, (_, i) => {
    const angle = (quarter + i / 6) * (turn / 4)
    return [sx * (x / 2 - radius) + radius * Math.cos(angle), sy * (y / 2 - radius) + radius * Math.sin(angle)] as const
  })))
}

function slot(x: number, y: number): Path {
  const end = (cx: number, from: number) => Array.from({ length: 9 }, (_, i) => new Vector2(cx + (y / 2) * Math.cos(from + (Math.PI * i) / 8), (y / 2) * Math.sin(from + (Math.PI * i) / 8)))
  return new Path([...end((x - y) / 2, -Math.PI / 2), ...end((y - x) / 2, Math.PI / 2)])
}

function holesAround(shape: Shape, count: number, away: number, radius: number): void {
  for (let i = 0; i < count; i++) shape.holes.push(circle(radius, away * Math.cos((turn * (i + 0.5)) / count), away * Math.sin((turn * (i + 0.5)) / count)))
}

const ring = (inner: number, outer: number, high: number): [number, number][] => [[inner, 0], [outer, 0], [outer, high], [inner, high], [inner, 0]]
const turned = (line: readonly (readonly [number, number])[]) => new LatheGeometry(line.map(([radius, z]) => new Vector2(radius, z)), round).rotateX(Math.PI / 2)
const extruded = (shape: Shape, depth: number, bevel = 0): BufferGeometry =>
  new ExtrudeGeometry(shape, { depth, bevelEnabled: bevel > 0, bevelSize: bevel, bevelThickness: bevel, bevelOffset: -bevel, bevelSegments: 1, steps: 1, curveSegments: 12 })
const tube = (radius: number, high: number, x = 0, y = 0, z = 0) => new CylinderGeometry(radius, radius, high, round).rotateX(Math.PI / 2).translate(x, y, z + high / 2)
const box = (x: number, y: number, z: number, cx: number, cy: number, cz: number) => new BoxGeometry(x, y, z).translate(cx, cy, cz)

function toMesh(geometry: BufferGeometry): Mesh {
  const positions = Float32Array.from(geometry.getAttribute('position').array)
  const indices = geometry.index ? Uint32Array.from(geometry.index.array) : Uint32Array.from({ length: positions.length / 3 }, (_, i) => i)
  return { positions, indices }
}
