import { openDesktop } from './app/index.ts'

/** Desktop entry. */
openDesktop()
