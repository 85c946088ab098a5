import { AppError } from '../../preload/contract/error.ts'

/** A picture that cannot be decoded. */
export const imageUnreadable = (file: string, cause: unknown) => new AppError({
  code: 'image-unreadable', subject: file,
  message: `${file} cannot be read as a picture: ${cause instanceof Error ? cause.message : String(cause)}`,
  advice: 'Open it in a viewer; if it is broken there too, save or copy it again.',
}, { cause })
