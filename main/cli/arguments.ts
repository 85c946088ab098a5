import { parseArgs } from 'node:util'
import { AppError } from '../../preload/contract/error.ts'

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>

/**
 * Reads the words of a command.
 *
 * @throws AppError `invalid-input` with the command's usage on an unknown option or a missing word.
 */
export function parse<const O extends Options>(args: readonly string[], options: O, usage: string, fewest = 0, most = fewest) {
  const wrong = (why: string) => new AppError({ code: 'invalid-input', message: why, advice: `Usage: maskwright ${usage}` })
  const result = (() => {
    try {
      return parseArgs({ args: [...args], options: { ...options, json: { type: 'boolean' } as const }, allowPositionals: true, strict: true })
    } catch (error) {
      throw wrong(firstSentence(error))
    }
  })()
  if (result.positionals.length < fewest) throw wrong('A word is missing.')
  if (result.positionals.length > most) throw wrong(`"${result.positionals[most]}" is one word too many.`)
  return result
}

const firstSentence = (error: unknown) => `${(error instanceof Error ? error.message : String(error)).split('. ')[0]}.`

/** A whole number given as text, or undefined. Throws AppError `invalid-input`. */
export function whole(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new AppError({ code: 'invalid-input', subject: name, message: `"${text}" is not a whole number for ${name}.`, advice: `Write ${name} as a number such as 3.` })
  return value
}
