// Remembers which credentials were verified, without remembering a password.
import { hash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ByteString } from '../bytes.ts'

/** A digest of user, stored hash and password of one verification. */
export type CheckKey = string

/**
 * Makes the keys of one process: SHA-256 over a secret of this process and the three fields. A length precedes the
 * fields, so that no two triples give the same input (GHSA-6765-c87h-8mrf joined password and secret without one). The
 * stored hash is one of the fields, so a changed password, or a user who was deleted and created again, misses. bcrypt
 * would cut the input at 72 bytes (Okta, 2024). A secret prefix is enough because keys never leave the process: a
 * length extension attack needs a known digest.
 */
export function createKeyer(secret: string = randomBytes(32).toString('hex')) {
  return (username: ByteString, storedHash: string, password: ByteString): CheckKey =>
    hash(
      'sha256',
      `${secret} ${username.length} ${storedHash.length} ${username}${storedHash}${password}`,
      'binary',
    )
}

/** What a cache of verified credentials keeps, and for how long. */
export interface VerifiedCacheOptions {
  /** How long a success is remembered after its last use; 0 remembers nothing. */
  readonly milliseconds: number
  readonly entries: number
  readonly now: () => number
}

/** Holds successes only. */
export class VerifiedCache {
  readonly #keys: LRUCache<CheckKey, true> | undefined

  constructor({ milliseconds, entries, now }: VerifiedCacheOptions) {
    // lru-cache takes a ttl of 0 as "no limit"
    if (milliseconds === 0) return
    this.#keys = new LRUCache({
      max: entries,
      ttl: milliseconds,
      updateAgeOnGet: true,
      perf: { now },
      // reads the given clock at each access; by default lru-cache reuses a reading until a timer of real time fires
      ttlResolution: 0,
    })
  }

  /** Whether the credentials were verified before. */
  has(key: CheckKey): boolean {
    return this.#keys?.get(key) === true
  }

  add(key: CheckKey): void {
    this.#keys?.set(key, true)
  }

  get size(): number {
    return this.#keys?.size ?? 0
  }
}
