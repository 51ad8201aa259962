// What the replicas of one guard have in common: failed logins, and sessions that were signed out.
import type { EndedSession } from '../sessions/ended-sessions.ts'
import type { Buckets } from '../throttle.ts'

/** Where an attempt was counted in advance, in case that it fails; `release` takes it back. */
export interface Reservation {
  readonly keys: readonly string[]
  /** Milliseconds that were added to each. */
  readonly added: readonly number[]
}

/** Why an attempt was not counted: this bucket is full, and has room again after `wait` milliseconds. */
export interface Full {
  readonly bucket: string
  readonly wait: number
}

/** Every function rejects while the store cannot be asked; none takes long. */
export interface SharedStore {
  /** Counts an attempt as if it had failed, in all its buckets or in none. */
  reserve(buckets: Buckets): Promise<Reservation | Full>
  /** The attempt has not failed. */
  release(reservation: Reservation): Promise<void>
  /** Adds sessions that were signed out. */
  addEnded(sessions: readonly EndedSession[]): Promise<void>
  /** The sessions that were signed out anywhere: all of them, or at least those that came since the last call. */
  readEnded(which: 'all' | 'new'): Promise<readonly EndedSession[]>
}
