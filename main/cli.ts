#!/usr/bin/env node
import { toErrorData } from '../preload/contract/error.ts'
import { commands, help } from './cli/commands.ts'

/** Headless entry: the same steps and settings as the desktop. Results go to stdout, everything else to stderr. */

const say = (line: string) => void process.stderr.write(`${line}\n`)

/** Exit codes: 0 done, 1 a user's trouble, 2 wrong words, 70 a fault of the program, 130 stopped. */
function exitCodeOf(code: string): number {
  switch (code) {
    case 'aborted': return 130
    case 'invalid-input':
    case 'unknown-setting':
    case 'setting-out-of-range': return 2
    case 'internal': return 70
    default: return 1
  }
}

async function main([name = 'help', ...args]: string[]): Promise<number> {
  const json = args.includes('--json')
  if (['help', '--help', '-h'].includes(name)) {
    process.stdout.write(help())
    return 0
  }
  try {
    const command = commands[name]
    if (!command) {
      say(`There is no command "${name}".\n\n${help()}`)
      return 2
    }
    const { data, text, failed } = await command.run(args, say)
    process.stdout.write(json ? `${JSON.stringify(data)}\n` : text === '' ? '' : `${text}\n`)
    return failed ? 1 : 0
  } catch (error) {
    const data = toErrorData(error)
    if (data.code === 'internal') console.error(error)
    if (json) process.stdout.write(`${JSON.stringify({ error: data })}\n`)
    say(`${data.message}\n${data.advice}`)
    return exitCodeOf(data.code)
  }
}

process.exitCode = await main(process.argv.slice(2))
