import { deflateSync } from 'node:zlib'
import { random } from '../../main/core/random.ts'

/** Pictures drawn in code, for a main side made of paper. */

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  let crc = 0xffffffff
  for (const byte of body) crc = crcTable[(crc ^ byte) & 255] ^ (crc >>> 8)
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4)
  return out
}

/** 8-bit PNG, grey (1 channel) or RGB (3). PNG specification, W3C 2003. */
export function encodePng(width: number, height: number, channels: 1 | 3, data: Uint8Array): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8)
  const stride = width * channels
  const lines = Buffer.alloc(height * (stride + 1))
  for (let y = 0; y < height; y++) lines.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1)
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', deflateSync(lines, { level: 4 })), chunk('IEND', new Uint8Array())])
}

interface Part { readonly x: number; readonly y: number; readonly size: number; readonly turn: number; readonly corners: number; readonly hole: number }
export interface Scene { readonly part: Part; readonly label: number; readonly ground: readonly number[] }
const grounds = [[226, 226, 222], [168, 122, 78], [118, 124, 132], [92, 88, 80]]

export function sceneOf(id: number, label: number): Scene {
  const dice = random('scene', id)
  return {
    label, ground: grounds[id % 4],
    part: { x: dice.between(0.3, 0.7), y: dice.between(0.35, 0.65), size: dice.between(0.14, 0.26), turn: dice.between(0, 6), corners: 3 + (label % 6), hole: label % 2 ? 0.45 : 0.2 },
  }
}

/** Whether a point is on the part; x, y as shares of the height. */
function onPart({ x, y, size, turn, corners, hole }: Part, px: number, py: number, grow = 0): boolean {
  const [dx, dy] = [px - x * 4 / 3, py - y]
  const r = Math.hypot(dx, dy)
  const a = ((Math.atan2(dy, dx) + turn) / (2 * Math.PI) * corners % 1 + 1) % 1
  const edge = size * (0.86 + 0.14 * Math.cos(a * 2 * Math.PI)) + grow
  return r < edge && r > size * hole - grow
}

export function drawPhoto(scene: Scene, width: number, height: number, seed: number): Buffer {
  const dice = random('photo', seed)
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [px, py] = [x / height, y / height]
      const part = onPart(scene.part, px, py)
      const shade = part ? 150 + 60 * Math.sin(px * 9 + scene.part.turn) : 0
      const light = 1 - 0.35 * Math.hypot(px - 0.5, py - 0.4) + (Math.sin(py * 90 + Math.sin(px * 7) * 3) * 0.03)
      for (let c = 0; c < 3; c++) data[(y * width + x) * 3 + c] = Math.max(0, Math.min(255, (part ? shade + c * 4 : scene.ground[c]) * light + dice.between(-7, 7)))
    }
  }
  return encodePng(width, height, 3, data)
}

/** The mask of a round: blocky and wrong at first, near the truth at last. */
export function drawMask(scene: Scene, width: number, height: number, round: number): Uint8Array {
  const dice = random('mask', scene.label, round, scene.part.x)
  const block = [24, 12, 6, 2][Math.min(3, round)]
  const error = [0.16, 0.09, 0.04, 0.01][Math.min(3, round)]
  const noise = new Float32Array(Math.ceil(width / block) * Math.ceil(height / block)).map(() => dice.between(-error, error))
  const data = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [bx, by] = [Math.floor(x / block), Math.floor(y / block)]
      const grow = noise[by * Math.ceil(width / block) + bx]
      const [px, py] = [(bx + 0.5) * block / height, (by + 0.5) * block / height]
      const inside = onPart(scene.part, px, py, grow)
      const near = onPart(scene.part, px, py, grow + [0.07, 0.05, 0.03, 0.01][Math.min(3, round)])
      data[y * width + x] = inside ? scene.label : near ? 255 : 0
    }
  }
  return data
}
