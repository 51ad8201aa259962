// Slows guessing: after a few wrong passwords, only one attempt in some seconds is verified. Guessers cannot lock other
// users out.
import { LRUCache } from 'lru-cache'
import { networkOf, subnetOf } from '../platform/ip-address.ts'

/** The counters of an attempt. */
export interface Attempt {
  /** The client's address, or the /64 of an IPv6 address; undefined where it is not known. */
  readonly subnet: string | undefined
  /** The larger network of an IPv6 address, its /48. */
  readonly network?: string | undefined
  /** The user name in one spelling, whether such a user exists or not. */
  readonly name: string
}

/**
 * The attempt of a client at a name.
 *
 * @param user the name, whether such a user exists or not; empty where the credentials name none.
 */
export function attemptOf(user: string, address: string | undefined): Attempt {
  const [subnet, network] = address === undefined ? [] : [subnetOf(address), networkOf(address)]
  return { subnet, network, name: user.normalize('NFC') }
}

/**
 * Admitted, to be settled; or refused: try again after `wait` milliseconds, or there is no room among the waiting
 * attempts.
 */
export type Admission = { readonly isSuspect: boolean } | { readonly wait: number } | 'full'

/** Decides whether a password may be verified: `Throttle`, or one in another process (throttle-channel.ts). */
export interface AttemptLimiter {
  /** Asks for one attempt. Each admitted attempt must be settled. */
  admit(attempt: Attempt): Promise<Admission>
  /** Ends an admitted attempt, and counts it if the password was wrong. */
  settle(attempt: Attempt, failed: boolean): void
}

/** How many failures are free, and how fast they are forgotten. */
export interface ThrottleOptions {
  /** Consecutive failures that are free for a user name from one subnet; 0 switches the throttle off. */
  readonly maxFailures: number
  /** The clock, in milliseconds. */
  readonly now: () => number
  /** The largest number of counters; the least recently used one is dropped first. Default: 50000. */
  readonly maxKeys?: number
  /** How many attempts may wait until others are settled. Default: 1000. */
  readonly maxWaiting?: number
}

/** MLflow's client waits as long as Retry-After says; a typing error should not cost more than a few seconds. */
const FORGIVE_MILLISECONDS = 5000
/** A subnet may be a whole office, and a /48 a whole provider. */
const SUBNET_ALLOWANCE = 10
const NETWORK_ALLOWANCE = 100
/** How often a subnet may try a name that is under attack; and once more after each half hour. */
const NEWCOMER_ATTEMPTS = 2
const NEWCOMER_FORGIVE_MILLISECONDS = 1_800_000
/** A subnet with more failures than typing errors explain. */
const SUSPECT_FAILURES = 3

/** A leaky bucket: failures fill it, time empties it. */
export interface Bucket {
  readonly key: string
  readonly size: number
  /** Time in which one failure is forgiven. */
  readonly forgive: number
}

/** The buckets of an attempt. */
export interface Buckets {
  readonly buckets: readonly Bucket[]
  readonly name: Bucket
  /** Admits the attempt although the bucket of the name is full. */
  readonly newcomer?: Bucket
}

/** The buckets that an attempt needs room in. */
export function bucketsOf({ subnet, network, name }: Attempt, maxFailures: number): Buckets {
  const [size, forgive] = [maxFailures, FORGIVE_MILLISECONDS]
  const nameBucket = { key: `name ${name}`, size, forgive }
  if (subnet === undefined) return { buckets: [], name: nameBucket }
  const buckets = [
    { key: `pair ${subnet} ${name}`, size, forgive },
    { key: `subnet ${subnet}`, size: size * SUBNET_ALLOWANCE, forgive: forgive / SUBNET_ALLOWANCE },
  ]
  if (network !== undefined && network !== subnet) {
    const [networkSize, networkForgive] = [size * NETWORK_ALLOWANCE, forgive / NETWORK_ALLOWANCE]
    buckets.push({ key: `network ${network}`, size: networkSize, forgive: networkForgive })
  }
  const newcomer = {
    key: `newcomer ${subnet} ${name}`,
    size: Math.min(size, NEWCOMER_ATTEMPTS),
    forgive: NEWCOMER_FORGIVE_MILLISECONDS,
  }
  return { buckets, name: nameBucket, newcomer }
}

interface InFlight {
  count: number
  waiting: (() => void)[]
}

type State = 'free' | 'waits for others' | { readonly wait: number }

/**
 * Counts failures by (subnet, name), by subnet, by network and by name, whether the name exists or not.
 *
 * Anybody could fill the counter of a name and so lock its user out. Therefore a subnet without failures for the name
 * may pass it, at most twice: the number of guesses stays bounded by the number of subnets, and the user can log in from a
 * subnet without failures.
 *
 * Each bucket is one number, the time at which all its failures are forgiven (GCRA, ITU-T I.371). An attempt in flight
 * could become a failure, so it occupies the bucket as well; one that finds no room but would if the others succeed waits
 * for them. A burst of guesses therefore gets no more tries than guesses one by one, and many people who log in at once
 * from one address all get in.
 *
 * `rate-limiter-flexible` (11.4) was considered: its memory store has a timer for each key and no limit of keys, reads
 * `Date.now` itself, and counts attempts only once they have ended, so a burst gets past it.
 */
export class Throttle implements AttemptLimiter {
  readonly #maxFailures: number
  readonly #maxWaiting: number
  readonly #now: () => number
  readonly #forgivenAt: LRUCache<string, number>
  readonly #inFlight = new Map<string, InFlight>()
  #waiting = 0

  constructor({ maxFailures, now, maxKeys = 50_000, maxWaiting = 1000 }: ThrottleOptions) {
    this.#maxFailures = maxFailures
    this.#maxWaiting = maxWaiting
    this.#now = now
    this.#forgivenAt = new LRUCache({ max: maxKeys })
  }

  async admit(attempt: Attempt): Promise<Admission> {
    if (this.#maxFailures === 0) return { isSuspect: false }
    const { buckets, name, newcomer } = bucketsOf(attempt, this.#maxFailures)
    const all = newcomer === undefined ? [...buckets, name] : [...buckets, name, newcomer]
    // bounded, because each round waits until an earlier attempt has been settled
    for (;;) {
      const blocking =
        buckets.find(bucket => this.#stateOf(bucket) !== 'free') ?? this.#blockingName(name, newcomer)
      if (blocking === undefined) break
      const state = this.#stateOf(blocking)
      if (typeof state === 'object') return state
      if (this.#waiting >= this.#maxWaiting) return 'full'
      this.#waiting++
      await new Promise<void>(resolve => this.#inFlight.get(blocking.key)?.waiting.push(resolve))
      this.#waiting--
    }
    for (const { key } of all) {
      const inFlight = this.#inFlight.get(key)
      if (inFlight === undefined) this.#inFlight.set(key, { count: 1, waiting: [] })
      else inFlight.count++
    }
    const [, subnet] = buckets
    return { isSuspect: subnet !== undefined && this.#failures(subnet) >= SUSPECT_FAILURES }
  }

  settle(attempt: Attempt, failed: boolean): void {
    if (this.#maxFailures === 0) return
    const { buckets, name, newcomer } = bucketsOf(attempt, this.#maxFailures)
    for (const bucket of newcomer === undefined ? [...buckets, name] : [...buckets, name, newcomer]) {
      if (failed) this.#count(bucket)
      this.#release(bucket.key)
    }
  }

  /** The name's bucket if it blocks the attempt; a subnet without failures for the name may pass it. */
  #blockingName(name: Bucket, newcomer: Bucket | undefined): Bucket | undefined {
    if (this.#stateOf(name) === 'free') return undefined
    return newcomer !== undefined && this.#stateOf(newcomer) === 'free' ? undefined : name
  }

  #stateOf(bucket: Bucket): State {
    const { key, size, forgive } = bucket
    const failures = this.#failures(bucket)
    if (failures >= size) return { wait: this.#debt(key) - (size - 1) * forgive }
    return failures + (this.#inFlight.get(key)?.count ?? 0) < size ? 'free' : 'waits for others'
  }

  #failures = ({ key, forgive }: Bucket): number => Math.ceil(this.#debt(key) / forgive)

  /** Milliseconds until all failures are forgiven. */
  #debt(key: string): number {
    return Math.max(0, (this.#forgivenAt.get(key) ?? 0) - this.#now())
  }

  #count({ key, size, forgive }: Bucket): void {
    this.#forgivenAt.set(key, this.#now() + Math.min(this.#debt(key) + forgive, size * forgive))
  }

  #release(key: string): void {
    const inFlight = this.#inFlight.get(key)
    if (inFlight === undefined) return
    inFlight.count--
    if (inFlight.count === 0) this.#inFlight.delete(key)
    // all of them check again: there may be room now, or too many failures
    for (const look of inFlight.waiting.splice(0)) look()
  }
}
