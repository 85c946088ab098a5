/**
 * Run lengths of a COCO mask from their compressed form: five bits a character from '0' on, bit 5 says that more follow, bit 4 of the last
 * is the sign; from the fourth number on, each is the difference to the one two before.
 *
 * COCO API, common/maskApi.c, rleFrString. https://github.com/cocodataset/cocoapi
 *
 * @throws RangeError on other characters or an unfinished number.
 */
export function countsOfString(text: string): number[] {
  const counts: number[] = []
  for (let at = 0; at < text.length;) {
    let value = 0
    let shift = 0
    let code: number
    do {
      code = text.charCodeAt(at++) - 48
      if (!(code >= 0 && code < 64)) throw new RangeError('expected the characters of run lengths, got others')
      value |= (code & 31) << shift
      shift += 5
    } while (code & 32)
    if (code & 16) value |= -1 << shift
    counts.push(counts.length > 2 ? value + counts[counts.length - 2] : value)
  }
  return counts
}

/**
 * The mask of run lengths that go down the columns, zeros first.
 *
 * @returns [H, W], row-major, 0 or 1.
 * @throws RangeError when the lengths do not fill the picture.
 */
export function maskOfCounts(counts: readonly number[], width: number, height: number): Uint8Array {
  const mask = new Uint8Array(width * height)
  let at = 0
  for (const [i, count] of counts.entries()) {
    const end = at + count
    if (!Number.isInteger(count) || count < 0 || end > mask.length) throw misfit(width, height)
    if (i % 2 === 1) for (; at < end; at++) mask[(at % height) * width + Math.floor(at / height)] = 1
    at = end
  }
  if (at !== mask.length) throw misfit(width, height)
  return mask
}

const misfit = (width: number, height: number) => new RangeError(`expected run lengths that fill ${width} x ${height} pixels, got others`)
