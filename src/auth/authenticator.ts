// Decides whose credentials a request has: cached, throttled, and with the same work for known and unknown users.

import { LRUCache } from 'lru-cache'
import { type ByteString, fromByteString, isAscii, toByteString } from '../bytes.ts'
import { excessOf, type HashLimits } from '../hash/options.ts'
import { parseHash, type StoredHash } from '../hash/registry.ts'
import { subnetOf } from '../platform/ip-address.ts'
import { type AuthResult, type Credentials, type Login, refuse } from './auth-result.ts'
import { type AuthenticatorOptions, checkAuthenticatorOptions } from './authenticator-options.ts'
import { createDummyHash } from './dummy-hash.ts'
import { otherForm, textOf } from './text-forms.ts'
import { Throttle } from './throttle.ts'
import { toUserSource, type UserLookup, type UserSource } from './user-source.ts'
import { type CheckKey, createKeyer, VerifiedCache } from './verified-cache.ts'
import { Verifier, type Verify } from './verifier.ts'

const clientOf = (username: ByteString, block: string | undefined): string => `${block} ${username}`

/** Where a request came from. */
export interface AuthContext {
  /** The client's address; without it, failures are counted by user name only. */
  readonly address?: string | undefined
}

// Apache's limit of a name and our own of a password; what is longer matches nobody and is not hashed
const MAX_USERNAME_BYTES = 255
const MAX_PASSWORD_BYTES = 4096

// MLflow's client waits as long as Retry-After says; a typing error should not cost more than a few seconds
const FORGIVE_MILLISECONDS = 5000
const BUSY_RETRY_SECONDS = 1
// Remembered users need no hash, so neither many guesses nor a throttled address locks them out. It may be long: what is
// remembered is bound to the stored hash, so a changed or deleted record misses at once.
const REMEMBERED_MILLISECONDS = 3_600_000
const MAX_KNOWN_CLIENTS = 10_000

/** A string has one byte a character. One that has more is text, such as a program's own, and is encoded as UTF-8. */
const bytesOf = (value: ByteString | Uint8Array): ByteString =>
  typeof value === 'string' && (isAscii(value) || !/[^\x00-\xff]/.test(value)) ? value : toByteString(value)

/** Somebody who asks for access, and what the source knows of them. */
interface Attempt {
  readonly username: ByteString
  /** The name as text. */
  readonly user: string
  readonly password: ByteString
  /** Undefined for an unknown user. */
  readonly storedHash: string | undefined
  readonly key: CheckKey
  /** The subnet of the client's address. */
  readonly block: string | undefined
}

type IsStored = (username: ByteString, user: string, hash: string) => boolean

/** A login, and the stored hash that it was verified against. */
class StoredLogin implements Login {
  readonly ok = true
  readonly user: string
  readonly username: ByteString
  readonly #hash: string
  readonly #isStored: IsStored

  constructor(user: string, username: ByteString, hash: string, isStored: IsStored) {
    this.user = user
    this.username = username
    this.#hash = hash
    this.#isStored = isStored
  }

  isCurrent(): boolean {
    return this.#isStored(this.username, this.user, this.#hash)
  }
}

/**
 * Verifies credentials against a source of users: an `HtpasswdFile`, or any function that returns a stored hash.
 *
 * A correct password is remembered as a keyed digest that is bound to the stored hash, so it is hashed once. Hashes are computed
 * in worker threads, behind a bounded queue. After too many failures an address or a user name has to wait, but never a
 * user whose password is remembered. An unknown user, a wrong password and a damaged record get the same result after
 * the same work.
 *
 * @example
 * ```js
 * import { Authenticator, hashPassword } from 'htpasswd-kit'
 *
 * const users = new Map([['alice', await hashPassword('wonderland', { cost: 10 })]])
 * const authenticator = new Authenticator(name => users.get(name))
 * const credentials = { username: Buffer.from('alice'), password: Buffer.from('wonderland') }
 * const result = await authenticator.authenticate(credentials, { address: '192.0.2.7' })
 * console.log(result.ok && result.user)
 * await authenticator[Symbol.asyncDispose]()
 * ```
 *
 * ```text
 * alice
 * ```
 */
export class Authenticator {
  readonly #source: UserSource
  readonly #key = createKeyer()
  readonly #verified: VerifiedCache
  readonly #verifier: Verifier
  readonly #verify: Verify
  readonly #limits: HashLimits
  readonly #dummyHash: () => StoredHash
  readonly #throttle: Throttle
  readonly #onError: (error: unknown) => void
  readonly #inFlight = new Map<string, Promise<AuthResult>>()
  readonly #knownClients = new LRUCache<string, true>({ max: MAX_KNOWN_CLIENTS })

  /** @throws HtpasswdError `ERR_OPTION` for an option that is unknown or out of its range. */
  constructor(source: UserSource | UserLookup, options?: AuthenticatorOptions)
  /** @internal `verify` replaces the worker threads in tests, which count hashes. */
  constructor(source: UserSource | UserLookup, options: AuthenticatorOptions, verify: Verify)
  constructor(source: UserSource | UserLookup, options: AuthenticatorOptions = {}, verify?: Verify) {
    const checked = checkAuthenticatorOptions(options)
    const { maxCost, maxRounds, onError = () => {}, now = () => performance.now() } = checked
    this.#source = toUserSource(source)
    this.#verified = new VerifiedCache({
      milliseconds: checked.cacheMilliseconds ?? REMEMBERED_MILLISECONDS,
      entries: checked.cacheEntries ?? 10_000,
      now,
    })
    this.#limits = {
      ...(maxCost !== undefined && { maxCost }),
      ...(maxRounds !== undefined && { maxRounds }),
    }
    this.#verifier = new Verifier(checked.workers, checked.maxQueue)
    this.#verify = verify ?? this.#verifier.verify
    this.#dummyHash = createDummyHash(this.#source, now, this.#limits)
    const maxFailures = checked.maxFailures ?? 10
    this.#throttle = new Throttle({ maxFailures, forgiveMilliseconds: FORGIVE_MILLISECONDS, now })
    this.#onError = onError
  }

  /**
   * Verifies credentials. Undefined credentials are refused as `missing`.
   *
   * The promise never rejects: after a technical fault it resolves with a refusal, and `onError` gets the error.
   */
  async authenticate(credentials: Credentials | undefined, context: AuthContext = {}): Promise<AuthResult> {
    return this.decide(credentials, context)
  }

  /** As `authenticate`, but at once where no hash is needed: for most requests of a server. @internal */
  decide(credentials: Credentials | undefined, { address }: AuthContext): AuthResult | Promise<AuthResult> {
    if (credentials === undefined) return refuse('missing')
    const [username, password] = [bytesOf(credentials.username), bytesOf(credentials.password)]
    if (username.length > MAX_USERNAME_BYTES || password.length > MAX_PASSWORD_BYTES)
      return refuse('rejected')
    try {
      const user = textOf(username)
      // A custom lookup may return null; treat it as undefined. Otherwise a deleted user whose hash serves as the dummy
      // hash would still hit the cache, because unknown users are keyed by the dummy hash.
      const storedHash = this.#lookUp(username, user) ?? undefined
      const key = this.#key(username, storedHash ?? this.#dummyHash().text, password)
      if (storedHash !== undefined && this.#verified.has(key))
        return new StoredLogin(user, username, storedHash, this.#isStored)
      const block = address === undefined ? undefined : subnetOf(address)
      return this.#checkOnce({ username, user, password, storedHash, key, block })
    } catch (error) {
      this.#onError(error)
      return refuse('fault')
    }
  }

  /**
   * Equal attempts from one subnet share one verification, known user or not: unknown users have keys of their own
   * (CVE-2026-88010 shared one key among all unknown users, and so told them apart).
   */
  async #checkOnce(attempt: Attempt): Promise<AuthResult> {
    const { key, username, block } = attempt
    const id = `${key} ${block}`
    try {
      const same = this.#inFlight.get(id)
      if (same !== undefined) return await same
      const check = this.#check(attempt).then(result => {
        if (result.ok) {
          this.#verified.add(key)
          this.#knownClients.set(clientOf(username, block), true)
        }
        return result
      })
      this.#inFlight.set(id, check)
      return await check.finally(() => this.#inFlight.delete(id))
    } catch (error) {
      this.#onError(error)
      return refuse('fault')
    }
  }

  readonly #isStored: IsStored = (username, user, hash) => {
    try {
      return this.#lookUp(username, user) === hash
    } catch (error) {
      // a source that fails says nothing about the user
      this.#onError(error)
      return true
    }
  }

  /** By text where the bytes are UTF-8, else by the bytes; then by the other form. */
  #lookUp(username: ByteString, user: string): string | undefined {
    const other = otherForm(username)
    if (other === undefined) return this.#source.get(user)
    const isUtf8 = toByteString(user) === username
    return isUtf8
      ? (this.#source.get(user) ?? this.#source.get(fromByteString(other)))
      : (this.#source.get(fromByteString(username)) ?? this.#source.get(user))
  }

  /** What an attempt is counted against: its address, and the name. */
  #countersOf({ username, block }: Attempt): string[] {
    const client = clientOf(username, block)
    // A name that logged in from this subnet before has its own counter for it: guesses at the name from elsewhere
    // cannot lock its owner out.
    const name = this.#knownClients.has(client) ? `client ${client}` : `name ${username}`
    return block === undefined ? [name] : [`address ${block}`, name]
  }

  /** Takes a turn at each counter; then the hash. */
  async #check(attempt: Attempt): Promise<AuthResult> {
    const admitted: string[] = []
    let failed = false
    try {
      for (const counter of this.#countersOf(attempt)) {
        const admission = await this.#throttle.admit(counter)
        if (admission === 'full') return refuse('busy', BUSY_RETRY_SECONDS)
        if (admission !== 'admitted')
          return refuse('throttled', Math.max(1, Math.ceil(admission.wait / 1000)))
        admitted.push(counter)
      }
      const isRight = await this.#isRight(attempt)
      if (isRight === 'full') return refuse('busy', BUSY_RETRY_SECONDS)
      failed = !isRight
      const { user, username, storedHash } = attempt
      if (failed || storedHash === undefined) return refuse('rejected')
      return new StoredLogin(user, username, storedHash, this.#isStored)
    } finally {
      for (const counter of admitted) this.#throttle.settle(counter, failed)
    }
  }

  /**
   * The hash first, whether the user exists last: the same work both ways (CVE-2026-32595 returned early). A record that
   * asks for more work than allowed is refused after the work of the dummy hash.
   */
  async #isRight({ password, storedHash, block }: Attempt): Promise<boolean | 'full'> {
    const stored = storedHash === undefined ? undefined : parseHash(storedHash)
    const isVerifiable = stored !== undefined && excessOf(stored, this.#limits) === undefined
    const record = isVerifiable ? stored : this.#dummyHash()
    const requester = { key: block ?? '', isSuspect: false }
    const forms = [password, otherForm(password)]
    for (const form of forms) {
      if (form === undefined) break
      const isRight = await this.#verify(form, record, requester)
      if (isRight === 'full') return 'full'
      if (isRight) return isVerifiable
    }
    return false
  }

  /** Ends the worker threads; verifications in flight are refused as `fault`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#verifier.close()
  }
}
