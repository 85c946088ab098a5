import { readFile } from 'node:fs/promises'
import { AppError } from '../../preload/contract/error.ts'

/** Reads a picture file. Throws AppError `image-unreadable` where it is not there or may not be read. */
export async function readPicture(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new AppError({
      code: 'image-unreadable', subject: path,
      message: `${path} cannot be read: ${(error as Error).message}.`,
      advice: 'Check the path, and whether this program may read it.',
    })
  }
}
