// One throttle for several replicas: each asks its own first, then the store that they share.
import { LRUCache } from 'lru-cache'
import { type Admission, type Attempt, type AttemptLimiter, bucketsOf, type Throttle } from '../throttle.ts'
import type { Full, Reservation, SharedStore } from './store.ts'

export interface SharedThrottleOptions {
  readonly maxFailures: number
  readonly now: () => number
  /** Whether nothing is verified while the store cannot be asked; without it, this process counts for itself. */
  readonly isRequired: boolean
}

/** Full buckets that are remembered here; the store need not be asked about them again. */
const MAX_FULL = 10_000

/**
 * Counts attempts in the store in advance, as if they failed, and takes back those that did not: so a burst of guesses over
 * all replicas gets no more tries than over one. An attempt that this process refuses asks nobody. While the store cannot be
 * asked, each replica has the limit of its own counters, which count all along.
 */
export class SharedThrottle implements AttemptLimiter {
  readonly #local: Throttle
  readonly #store: Pick<SharedStore, 'reserve' | 'release'>
  readonly #options: SharedThrottleOptions
  readonly #reserved = new WeakMap<Attempt, Reservation>()
  /** Until when a bucket is full. */
  readonly #full = new LRUCache<string, number>({ max: MAX_FULL })

  constructor(
    local: Throttle,
    store: Pick<SharedStore, 'reserve' | 'release'>,
    options: SharedThrottleOptions,
  ) {
    this.#local = local
    this.#store = store
    this.#options = options
  }

  async admit(attempt: Attempt): Promise<Admission> {
    const { maxFailures, isRequired } = this.#options
    const admission = await this.#local.admit(attempt)
    if (maxFailures === 0 || admission === 'full' || 'wait' in admission) return admission
    try {
      const answer = this.#knownFull(attempt) ?? (await this.#store.reserve(bucketsOf(attempt, maxFailures)))
      if ('keys' in answer) {
        this.#reserved.set(attempt, answer)
        return admission
      }
      this.#full.set(answer.bucket, this.#options.now() + answer.wait)
      this.#local.settle(attempt, false)
      return { wait: answer.wait }
    } catch {
      // the connection reports why
      if (!isRequired) return admission
      this.#local.settle(attempt, false)
      return 'full'
    }
  }

  settle(attempt: Attempt, failed: boolean): void {
    this.#local.settle(attempt, failed)
    const reservation = this.#reserved.get(attempt)
    this.#reserved.delete(attempt)
    // what cannot be taken back is forgiven in time
    if (reservation !== undefined && !failed) this.#store.release(reservation).catch(() => {})
  }

  /** A bucket that was full a moment ago; not that of the name, which a newcomer may pass. */
  #knownFull(attempt: Attempt): Full | undefined {
    for (const { key } of bucketsOf(attempt, this.#options.maxFailures).buckets) {
      const wait = (this.#full.get(key) ?? 0) - this.#options.now()
      if (wait > 0) return { bucket: key, wait }
    }
    return undefined
  }
}
