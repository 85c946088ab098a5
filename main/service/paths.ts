import { statSync } from 'node:fs'
import { basename, dirname, isAbsolute, normalize } from 'node:path'
import { AppError } from '../../preload/contract/error.ts'

/**
 * A path from outside: whole, without NUL, tidied.
 *
 * @throws AppError invalid-input.
 */
export function checkPath(path: string): string {
  if (!isAbsolute(path) || path.includes('\0')) throw invalid(path, 'is not a whole path', 'Choose it again.')
  const tidy = normalize(path)
  return tidy.length > 1 && /[\\/]$/.test(tidy) && dirname(tidy) !== tidy ? tidy.slice(0, -1) : tidy
}

/** @throws AppError folder-missing where there is no such folder. */
export function checkFolder(path: string): string {
  const tidy = checkPath(path)
  if (!statSync(tidy, { throwIfNoEntry: false })?.isDirectory())
    throw new AppError({ code: 'folder-missing', subject: tidy, message: `There is no folder ${tidy}.`, advice: 'Choose another one.' })
  return tidy
}

/** A file to be written: its folder is there and it is no folder itself. Throws AppError. */
export function checkTarget(path: string, ending: string): string {
  const tidy = checkPath(path)
  const whole = tidy.toLowerCase().endsWith(ending) ? tidy : `${tidy}${ending}`
  checkFolder(dirname(whole))
  if (statSync(whole, { throwIfNoEntry: false })?.isDirectory()) throw invalid(whole, 'is a folder', 'Give the file another name.')
  return whole
}

/**
 * A name for a folder that works on every system.
 *
 * @throws AppError invalid-input.
 */
export function checkName(name: string): string {
  const tidy = name.trim()
  // eslint-disable-next-line no-control-regex
  if (tidy === '' || tidy !== basename(tidy) || /[<>:"/\\|?*\u0000-\u001f]|^\.|[. ]$/.test(tidy) || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(tidy))
    throw invalid(name, 'cannot be the name of a folder', 'Use letters, digits, spaces, - and _.')
  return tidy
}

const invalid = (subject: string, what: string, advice: string) =>
  new AppError({ code: 'invalid-input', subject, message: `"${subject}" ${what}.`, advice })
