import { fileURLToPath } from 'node:url'

/** The file of an entry point of the main side: TypeScript as written, JavaScript once built. */
export function entryFile(name: 'trainer' | 'job' | 'pictures' | 'desk'): string {
  const here = import.meta.url
  return fileURLToPath(new URL(here.endsWith('.ts') ? `./${name}.ts` : `./${name}.js`, here))
}
