import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '../../preload/contract/error.ts'

export interface UploadLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
}

/**
 * The whole body of a request; who waits for a word before sending it gets one.
 *
 * @throws AppError `upload-too-large`, `upload-slow`, `invalid-input` where it is empty; AbortError where the sender went away before its end.
 */
export function readUpload(request: IncomingMessage, response: ServerResponse, { maxBytes, timeoutMs }: UploadLimits): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return reject(tooLarge(maxBytes))
    if (request.headers.expect === '100-continue') response.writeContinue()
    const parts: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => settle(() => reject(tooSlow(timeoutMs))), timeoutMs)
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      request.off('data', onData).off('end', onEnd).off('close', onClose)
      finish()
    }
    const onData = (part: Buffer) => {
      size += part.length
      if (size > maxBytes) return settle(() => reject(tooLarge(maxBytes)))
      parts.push(part)
    }
    const onEnd = () => settle(() => (size > 0 ? resolve(Buffer.concat(parts)) : reject(empty())))
    const onClose = () => settle(() => reject(new DOMException('The sender went away.', 'AbortError')))
    request.on('data', onData).on('end', onEnd).on('close', onClose)
  })
}

const tooLarge = (maxBytes: number) => new AppError({
  code: 'upload-too-large', message: `The body is larger than ${maxBytes} bytes.`, advice: 'Send a smaller file, or start with a larger --max-body.',
})
const tooSlow = (timeoutMs: number) => new AppError({
  code: 'upload-slow', message: `The body had not come whole after ${timeoutMs / 1000} s.`, advice: 'Send the picture again; see to the network if it comes back.',
})
const empty = () => new AppError({ code: 'invalid-input', message: 'The body is empty.', advice: 'Send the bytes of a picture file: curl --data-binary @photo.jpg' })
