/** What a CAD file is by its first bytes, whatever its ending says, and the unit its header names. */

export const cadFormats = ['step', 'iges', 'stl', 'obj', 'ply', 'glb'] as const
export type CadFormat = (typeof cadFormats)[number]

export const cadUnits = ['mm', 'cm', 'm', 'inch'] as const
export type CadUnit = (typeof cadUnits)[number]
/** Millimetres in one of each. */
export const millimetres: Readonly<Record<CadUnit, number>> = { mm: 1, cm: 10, m: 1000, inch: 25.4 }

const endings: Readonly<Record<string, CadFormat>> = { step: 'step', stp: 'step', p21: 'step', iges: 'iges', igs: 'iges', stl: 'stl', obj: 'obj', ply: 'ply', glb: 'glb' }
export const cadEndings = Object.keys(endings)

/** First bytes of files that people take for CAD files. */
const others: readonly (readonly [string, string])[] = [
  ['\u00ff\u00d8\u00ff', 'a JPEG picture'], ['\u0089PNG', 'a PNG picture'], ['GIF8', 'a GIF picture'], ['II*\0', 'a TIFF picture'], ['MM\0*', 'a TIFF picture'],
  ['%PDF', 'a PDF document'], ['PK\u0003\u0004', 'a ZIP archive; unpack it first'], ['\u001f\u008b', 'a gzip archive; unpack it first'],
  ['<!doctype html', 'a web page'], ['<html', 'a web page'], ['\u00d0\u00cf\u0011\u00e0', 'a file that one CAD program alone reads'], ['AC10', 'a DWG drawing'],
]

/**
 * @param ending Of the file's name, without the dot.
 * @throws RangeError where it is no CAD file that can be read, saying what it is.
 */
export function kindOf(bytes: Uint8Array, ending: string): CadFormat {
  if (bytes.length === 0) throw new RangeError('it is empty')
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 4096))
  if (/^\s*ISO-10303-21\s*;/.test(head)) return 'step'
  if (/^[^\r\n]{72}S\s*\d{1,7}\s*[\r\n]/.test(head)) return 'iges'
  if (head.startsWith('glTF')) return 'glb'
  if (/^ply\s/.test(head)) return 'ply'
  const other = others.find(([start]) => head.trimStart().toLowerCase().startsWith(start.toLowerCase()))
  if (other) throw new RangeError(`it is no CAD file but ${other[1]}`)
  const named = endings[ending.toLowerCase()]
  if (named === 'stl') checkStl(bytes, head)
  if (named === 'obj') checkObj(bytes)
  if (named === 'stl' || named === 'obj') return named
  throw new RangeError(named ? `it is no ${named.toUpperCase()} file, whatever its name says` : `its kind (${ending || 'none'}) is not read`)
}

/** Binary STL has no magic number: the count of its facets must fit its length. */
function checkStl(bytes: Uint8Array, head: string): void {
  if (/^\s*solid\b/i.test(head)) return
  if (bytes.length < 84) throw new RangeError('it is too short to be an STL file')
  const said = new DataView(bytes.buffer, bytes.byteOffset).getUint32(80, true)
  const held = Math.floor((bytes.length - 84) / 50)
  if (said > held) throw new RangeError(said > 1e8 ? 'it is no STL file, whatever its name says' : `the STL file is cut short: it holds ${held} of ${said} triangles`)
}

function checkObj(bytes: Uint8Array): void {
  const text = new TextDecoder('latin1').decode(bytes)
  if (!/^v\s/m.test(text)) throw new RangeError('it is no OBJ file, or an empty one: it lists no corner')
  if (!/^f\s/m.test(text)) throw new RangeError('the OBJ file holds corners but no face')
}

const words: readonly (readonly [RegExp, CadUnit])[] = [[/^(mm|millimet)/i, 'mm'], [/^(cm|centimet)/i, 'cm'], [/^in/i, 'inch'], [/^m/i, 'm']]

/** The unit that a header of free text names ("units: mm"), or null. */
export function unitInHeader(bytes: Uint8Array): CadUnit | null {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 2048))
  const word = /\bunits?\s*(?:[:=]|is|are|in)?\s*\b(millimet\w*|centimet\w*|met(?:er|re)s?|inch(?:es)?|mm|cm|m|in)\b/i.exec(head)?.[1]
  return (word && words.find(([pattern]) => pattern.test(word))?.[1]) || null
}

/** The unit a STEP file was drawn in (ISO 10303-41, length_unit), in words, or null. */
export function unitInStep(bytes: Uint8Array): string | null {
  const text = new TextDecoder('latin1').decode(bytes)
  if (/CONVERSION_BASED_UNIT\s*\(\s*'\s*INCH/i.test(text)) return 'inch'
  const prefix = /LENGTH_UNIT[^;]*?SI_UNIT\s*\(\s*(\.\w+\.|\$)\s*,\s*\.METRE\./i.exec(text)?.[1] ?? /SI_UNIT\s*\(\s*(\.\w+\.|\$)\s*,\s*\.METRE\./i.exec(text)?.[1]
  switch (prefix?.toUpperCase()) {
    case '.MILLI.': return 'mm'
    case '.CENTI.': return 'cm'
    case '.MICRO.': return 'µm'
    case '$': return 'm'
    default: return null
  }
}

/** The likeliest unit of a part whose longest side is this many units: workpieces are between a few millimetres and a few metres long. */
export function guessUnit(longest: number): CadUnit {
  if (longest >= 3) return 'mm'
  return longest >= 0.5 ? 'inch' : 'm'
}
