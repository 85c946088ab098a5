import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'

/** Draws the icon from numbers alone and writes it for every system: `node resources/icons/make.ts`. */

type Point = readonly [x: number, y: number]

/** The mark of the rail, in units of 28: a hexagon such as a nut, and the letter in it. */
const body: readonly Point[] = [[14, 1.6], [24.8, 7.8], [24.8, 20.2], [14, 26.4], [3.2, 20.2], [3.2, 7.8]]
const letter: readonly Point[] = [[8.7, 19.2], [8.7, 10], [14, 15], [19.3, 10], [19.3, 19.2]]
const letterWidth = 2.7
const rounding = 1.5
const blue = { top: [58, 132, 255], bottom: [24, 92, 214] } as const
const samples = 4

/** Distance from a point to a stretch. */
function toStretch([px, py]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay]
  const t = Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)))
  return Math.hypot(px - ax - t * dx, py - ay - t * dy)
}

/** Signed distance to the hexagon with round corners: negative inside. */
function toBody(p: Point): number {
  const shrunk = body.map(([x, y]): Point => [14 + (x - 14) * (1 - rounding / 12), 14 + (y - 14) * (1 - rounding / 12)])
  const edges = shrunk.map((a, i) => [a, shrunk[(i + 1) % shrunk.length]] as const)
  const inside = edges.every(([[ax, ay], [bx, by]]) => (bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax) >= 0)
  const distance = Math.min(...edges.map(([a, b]) => toStretch(p, a, b)))
  return (inside ? -distance : distance) - rounding
}

const toLetter = (p: Point) => Math.min(...letter.slice(1).map((b, i) => toStretch(p, letter[i], b))) - letterWidth / 2

/** The icon, [side, side, 4]. */
function draw(side: number): Uint8Array {
  const out = new Uint8Array(side * side * 4)
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      let [covered, white] = [0, 0]
      for (let s = 0; s < samples * samples; s++) {
        const p: Point = [((x + ((s % samples) + 0.5) / samples) * 28) / side, ((y + (Math.floor(s / samples) + 0.5) / samples) * 28) / side]
        if (toBody(p) > 0) continue
        covered++
        if (toLetter(p) <= 0) white++
      }
      if (covered === 0) continue
      const share = white / covered
      const at = (y * side + x) * 4
      for (let c = 0; c < 3; c++) {
        const paint = blue.top[c] + ((blue.bottom[c] - blue.top[c]) * y) / side
        out[at + c] = Math.round(paint * (1 - share) + 255 * share)
      }
      out[at + 3] = Math.round((255 * covered) / samples ** 2)
    }
  return out
}

function chunk(name: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(content.length)
  head.write(name, 4, 'latin1')
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), content])))
  return Buffer.concat([head, content, tail])
}

function png(side: number): Buffer {
  const pixels = draw(side)
  const rows = Buffer.alloc(side * (side * 4 + 1))
  for (let y = 0; y < side; y++) rows.set(pixels.subarray(y * side * 4, (y + 1) * side * 4), y * (side * 4 + 1) + 1)
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  head.set([8, 6], 8)
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}

/** Windows: a directory of PNGs. */
function ico(sides: readonly number[]): Buffer {
  const pictures = sides.map(png)
  const head = Buffer.alloc(6 + 16 * sides.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(sides.length, 4)
  let at = head.length
  sides.forEach((side, i) => {
    const entry = 6 + 16 * i
    head.set([side % 256, side % 256, 0, 0, 1, 0, 32, 0], entry)
    head.writeUInt32LE(pictures[i].length, entry + 8)
    head.writeUInt32LE(at, entry + 12)
    at += pictures[i].length
  })
  return Buffer.concat([head, ...pictures])
}

/** macOS: PNGs by their four-letter kinds. */
function icns(kinds: Readonly<Record<string, number>>): Buffer {
  const parts = Object.entries(kinds).map(([kind, side]) => {
    const picture = png(side)
    const head = Buffer.alloc(8)
    head.write(kind, 'latin1')
    head.writeUInt32BE(picture.length + 8, 4)
    return Buffer.concat([head, picture])
  })
  const head = Buffer.alloc(8)
  head.write('icns', 'latin1')
  head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0), 4)
  return Buffer.concat([head, ...parts])
}

const save = (name: string, bytes: Buffer) => writeFileSync(join(import.meta.dirname, name), bytes)
save('icon.png', png(512))
save('icon.ico', ico([16, 32, 48, 256]))
save('icon.icns', icns({ ic07: 128, ic08: 256, ic09: 512 }))
