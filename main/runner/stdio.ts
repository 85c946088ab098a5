import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { toErrorData } from '../../preload/contract/error.ts'
import { readPicture } from './files.ts'
import type { Line } from './line.ts'

/**
 * One path a line in, one JSON a line out, in the same order: a result, or `{ name, code, message, advice }`.
 *
 * @param signal Takes no more lines; the one at work is still answered.
 * @returns When the input has ended and everything is answered.
 */
export async function serveLines(line: Line, input: Readable, output: Writable, signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input, signal })
  for await (const text of lines) {
    const path = text.trim()
    if (path === '') continue
    const answer = await line.handle({ read: () => readPicture(path), name: path, source: 'stdio', mask: false }).then(
      ({ result }) => result,
      (error: unknown) => {
        const { code, message, advice } = toErrorData(error)
        return { name: path, code, message, advice }
      },
    )
    if (!output.write(`${JSON.stringify(answer)}\n`)) await once(output, 'drain')
    if (signal.aborted) break
  }
}
