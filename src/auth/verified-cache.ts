// Remembers which credentials were verified, without remembering a password.
import { hash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ByteString } from '../bytes.ts'

/** Stands for user, stored hash and password of one verification. */
export type CheckKey = string

/**
 * Makes the keys of one process: SHA-256 over a secret of this process and the three fields.
 *
 * A length precedes the fields, so that no two triples give the same input (GHSA-6765-c87h-8mrf joined password and
 * secret bare). The stored hash is one of them, so a changed password or a user who is created again misses by itself. Never
 * bcrypt, which would cut the whole at 72 bytes (Okta, 2024). A prefixed secret is enough where keys never leave the
 * process: length extension needs a digest to extend.
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

/** Successes only. */
export class VerifiedCache {
  readonly #keys: LRUCache<CheckKey, true> | undefined

  constructor({ milliseconds, entries, now }: VerifiedCacheOptions) {
    // lru-cache takes a ttl of 0 for no limit
    if (milliseconds === 0) return
    this.#keys = new LRUCache({
      max: entries,
      ttl: milliseconds,
      updateAgeOnGet: true,
      perf: { now },
      // asks the given clock each time, instead of keeping its answer until a timer of real time
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
