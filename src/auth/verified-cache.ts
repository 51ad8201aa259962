// Remembers which passwords were found right, without remembering a password.
import { createHmac, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/**
 * The key of one check: an HMAC, under a secret of this process, over user, stored hash and password.
 *
 * Each field goes in behind its length, so that no two triples make the same bytes (GHSA-6765-c87h-8mrf joined password
 * and secret bare). The stored hash is part of it: a changed password or a user made anew misses by itself.
 * An HMAC, never bcrypt, which would cut the whole at 72 bytes (Okta, 2024).
 */
export type CheckKey = string

/** Makes the keys of one process. */
export function createKeyer(secret: Uint8Array = randomBytes(32)) {
  return (username: Uint8Array, storedHash: string, password: Uint8Array): CheckKey => {
    const hashBytes = Buffer.byteLength(storedHash, 'latin1')
    const message = Buffer.allocUnsafe(12 + username.length + hashBytes + password.length)
    let at = message.writeUInt32BE(username.length, 0)
    message.set(username, at)
    at = message.writeUInt32BE(hashBytes, at + username.length)
    at += message.write(storedHash, at, 'latin1')
    at = message.writeUInt32BE(password.length, at)
    message.set(password, at)
    const key = createHmac('sha256', secret).update(message).digest('base64')
    message.fill(0)
    return key
  }
}

/** What a cache of verified credentials keeps, and for how long. */
export interface VerifiedCacheOptions {
  readonly milliseconds: number
  readonly entries: number
  readonly now: () => number
}

/** Successes only: a failure that is remembered would tell a guesser which names were tried. */
export class VerifiedCache {
  readonly #keys: LRUCache<CheckKey, true> | undefined

  constructor({ milliseconds, entries, now }: VerifiedCacheOptions) {
    if (milliseconds === 0) return
    this.#keys = new LRUCache({ max: entries, ttl: milliseconds, ttlResolution: 0, perf: { now } })
  }

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
