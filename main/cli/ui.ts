import { openDoor } from '../door/index.ts'
import { parse, whole } from './arguments.ts'
import type { Answer, Say } from './commands.ts'

/** Serves the desktop's page to a browser on this machine until Ctrl-C, which pauses what is at work. */
export async function ui(args: readonly string[], say: Say): Promise<Answer> {
  const usage = 'ui [P] [--port N] [--open]'
  const { values, positionals: [project] } = parse(args, { port: { type: 'string' }, open: { type: 'boolean' } }, usage, 0, 1)
  const { address, close } = await openDoor({ project, port: whole(values.port, '--port'), browse: values.open, say })
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  say('Closing at a safe point ...')
  await close()
  return { data: { address }, text: '' }
}
