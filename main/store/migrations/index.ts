import { start } from './001-start.ts'
import { desk } from './002-desk.ts'
import { quality } from './003-quality.ts'
import { watched } from './004-watched.ts'

/** In order; a project's `user_version` says how many it has seen. They only ever add; none is changed once released. */
export const migrations: readonly string[] = [start, desk, quality, watched]
