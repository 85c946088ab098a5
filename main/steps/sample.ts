import type { Settings } from '../../preload/contract/settings.ts'

/** Settings that suit the small pictures of the sample line. */
export const sampleSettings: Partial<Settings> = {
  'training.size': 160,
}
