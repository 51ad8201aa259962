// Lets failed logins wait, by address and by name: a burst is free, then they trickle.
import { LRUCache } from 'lru-cache'

/** How many failures are free, and how fast they are forgiven. */
export interface ThrottleOptions {
  /** Failures in a row that are free; 0 switches the throttle off. */
  readonly maxFailures: number
  /** Milliseconds after which one failure is forgiven; also the longest wait. */
  readonly forgiveMilliseconds: number
  /** The clock, in milliseconds. */
  readonly now: () => number
  /** Keys remembered; the one unused longest is forgotten first. Default: 20000. */
  readonly maxKeys?: number
  /** Attempts that may stand in line behind others of their key. Default: 1000. */
  readonly maxWaiting?: number
}

/** Admitted: settle it. Or not: try again after so many milliseconds; or there is no room even to wait. */
export type Admission = 'admitted' | 'full' | { readonly wait: number }

/**
 * A leaky bucket for each key, kept as one number: the time at which all its failures are forgiven (GCRA, as in
 * ITU-T I.371). An attempt under way could become a failure, so it holds a place in the bucket; whoever finds the places
 * taken but the failures still free stands in line. So a burst of guesses gets no more tries than guesses one by one,
 * and a room full of people behind one address all get in.
 *
 * `rate-limiter-flexible` (11.4) was weighed: its memory store has a timer for each key and no bound of keys, it reads
 * `Date.now` itself, and it counts attempts that have ended: a burst at once gets past it, or everybody is counted who
 * logs in.
 */
export class Throttle {
  readonly #options: ThrottleOptions
  readonly #forgivenAt: LRUCache<string, number>
  readonly #underWay = new Map<string, { count: number; line: (() => void)[] }>()
  #waiting = 0

  constructor(options: ThrottleOptions) {
    this.#options = options
    this.#forgivenAt = new LRUCache({ max: options.maxKeys ?? 20_000 })
  }

  /** Asks for one attempt. Every `admitted` must be settled. */
  async admit(key: string): Promise<Admission> {
    const { maxFailures, forgiveMilliseconds, maxWaiting = 1000 } = this.#options
    if (maxFailures === 0) return 'admitted'
    // bounded: each turn waits until one of the attempts before has been settled
    for (;;) {
      const debt = this.#debt(key)
      const failures = Math.ceil(debt / forgiveMilliseconds)
      if (failures >= maxFailures) return { wait: debt - (maxFailures - 1) * forgiveMilliseconds }
      const others = this.#underWay.get(key)
      if (others === undefined) {
        this.#underWay.set(key, { count: 1, line: [] })
        return 'admitted'
      }
      if (failures + others.count < maxFailures) {
        others.count++
        return 'admitted'
      }
      if (this.#waiting >= maxWaiting) return 'full'
      this.#waiting++
      await new Promise<void>(resolve => others.line.push(resolve))
      this.#waiting--
    }
  }

  /** Ends an attempt that was admitted, and counts it where it failed. */
  settle(key: string, failed: boolean): void {
    const { maxFailures, forgiveMilliseconds, now } = this.#options
    if (maxFailures === 0) return
    if (failed) {
      const longest = maxFailures * forgiveMilliseconds
      this.#forgivenAt.set(key, now() + Math.min(this.#debt(key) + forgiveMilliseconds, longest))
    }
    const attempts = this.#underWay.get(key)
    if (attempts === undefined) return
    attempts.count--
    // all of them look again: places may have become free, or the failures too many
    for (const look of attempts.line.splice(0)) look()
    if (attempts.count === 0) this.#underWay.delete(key)
  }

  #debt(key: string): number {
    return Math.max(0, (this.#forgivenAt.get(key) ?? 0) - this.#options.now())
  }
}
