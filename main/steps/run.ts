import type { Settings } from '../../preload/contract/settings.ts'
import type { Progress } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import type { Executor } from '../core/engine/types.ts'
import type { Store } from '../store/index.ts'
import type { Pool } from './pool.ts'

/** What every step of the corridor is given. The store cannot read truth. */
export interface Run {
  readonly id: number
  readonly store: Store
  readonly settings: Settings
  readonly codec: Codec
  readonly executor: Executor
  readonly pool: Pool
  readonly signal: AbortSignal
  /** Tells how far a step is, and lets other work of the process happen. */
  readonly report: (progress: Omit<Progress, 'runId'>) => Promise<void>
}

/** One verb of the corridor. */
export type Step = (run: Run) => Promise<void>
