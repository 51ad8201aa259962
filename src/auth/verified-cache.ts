// Remembers which passwords were found right, without remembering a password.
import { hash as digestOf, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/**
 * The key of one check: an HMAC, under a secret of this process, over user, stored hash and password.
 *
 * Each field goes in behind its length, so that no two triples make the same bytes (GHSA-6765-c87h-8mrf joined password
 * and secret bare). The stored hash is part of it: a changed password or a user made anew misses by itself.
 * An HMAC, never bcrypt, which would cut the whole at 72 bytes (Okta, 2024).
 */
export type CheckKey = string

const BLOCK_BYTES = 64

/**
 * Makes the keys of one process.
 *
 * HMAC as RFC 2104 section 2 writes it, on the one-shot digest: half the time of `createHmac`, which made it the largest
 * single part of a request that is let in.
 *
 * @param secret at most a block of SHA-256, 64 bytes: a longer one would have to be hashed first.
 */
export function createKeyer(secret: Uint8Array = randomBytes(32)) {
  const inner = Buffer.alloc(BLOCK_BYTES, 0x36)
  const outer = Buffer.alloc(BLOCK_BYTES + 32, 0x5c)
  secret.forEach((byte, i) => {
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  })
  return (username: Uint8Array, storedHash: string, password: Uint8Array): CheckKey => {
    const message = Buffer.allocUnsafe(
      BLOCK_BYTES + 12 + username.length + storedHash.length + password.length,
    )
    message.set(inner)
    let at = message.writeUInt32BE(username.length, BLOCK_BYTES)
    message.set(username, at)
    at = message.writeUInt32BE(storedHash.length, at + username.length)
    // one character a byte
    at += message.write(storedHash, at, 'latin1')
    at = message.writeUInt32BE(password.length, at)
    message.set(password, at)
    outer.write(digestOf('sha256', message, 'binary'), BLOCK_BYTES, 'latin1')
    message.fill(0, BLOCK_BYTES)
    return digestOf('sha256', outer, 'binary')
  }
}

/** What a cache of verified credentials keeps, and for how long. */
export interface VerifiedCacheOptions {
  /** How long a success is remembered after its last use. */
  readonly milliseconds: number
  readonly entries: number
  readonly now: () => number
}

/** Successes only: a failure that is remembered would tell a guesser which names were tried. */
export class VerifiedCache {
  readonly #options: VerifiedCacheOptions
  // the times are kept here: the package's own way with them asks the clock three times at each look
  readonly #keys: LRUCache<CheckKey, { used: number }>

  constructor(options: VerifiedCacheOptions) {
    this.#options = options
    this.#keys = new LRUCache({ max: options.entries })
  }

  /** Whether the check was found right before. */
  has(key: CheckKey): boolean {
    const entry = this.#keys.get(key)
    if (entry === undefined) return false
    const now = this.#options.now()
    if (now - entry.used >= this.#options.milliseconds) {
      this.#keys.delete(key)
      return false
    }
    entry.used = now
    return true
  }

  add(key: CheckKey): void {
    this.#keys.set(key, { used: this.#options.now() })
  }

  get size(): number {
    return this.#keys.size
  }
}
