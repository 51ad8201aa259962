// Decides who a request's credentials are; cached, throttled, and with the same work whoever is named.

import { LRUCache } from 'lru-cache'
import { toByteString } from '../bytes.ts'
import { identify } from '../hash/registry.ts'
import { addressBlock } from '../platform/ip-address.ts'
import { type AuthResult, type Credentials, type Login, refuse } from './auth-result.ts'
import { type AuthenticatorOptions, checkAuthenticatorOptions } from './authenticator-options.ts'
import { createDecoy } from './decoy.ts'
import { otherForm, textOf } from './text-forms.ts'
import { Throttle } from './throttle.ts'
import { toUserSource, type UserLookup, type UserSource } from './user-source.ts'
import { type CheckKey, createKeyer, VerifiedCache } from './verified-cache.ts'
import type { VerifyAnswer } from './verify-job.ts'
import { type Verify, VerifyPool } from './verify-pool.ts'

const placeOf = (username: Uint8Array, block: string | undefined): string =>
  `${block} ${toByteString(username)}`

/** Where a request came from. */
export interface AuthContext {
  /** The client's address; without it, failures are counted by user name only. */
  readonly address?: string | undefined
}

// Apache's and our own limits of a name and a password; what is longer matches nobody and is not hashed
const MAX_USERNAME_BYTES = 255
const MAX_PASSWORD_BYTES = 4096

// MLflow's client waits as long as Retry-After says, and at most a few seconds are bearable for a typing error
const FORGIVE_MILLISECONDS = 5000
const BUSY_RETRY_SECONDS = 1
// Whoever is remembered needs no hash, so neither a storm of guesses nor a throttled address keeps him out. It may be long:
// what is remembered is bound to the stored hash, and a changed or deleted record misses at once.
const REMEMBERED_MILLISECONDS = 3_600_000
const REMEMBERED_PLACES = 10_000

type IsStored = (username: Uint8Array, text: string, hash: string) => boolean

/** A login, and the stored hash that it came in with. */
class StoredLogin implements Login {
  readonly ok = true
  readonly user: string
  readonly username: Uint8Array
  readonly #hash: string
  readonly #isStored: IsStored

  constructor(user: string, username: Uint8Array, hash: string, isStored: IsStored) {
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
 * A correct password is remembered as an HMAC that is bound to the stored hash, so it is hashed once. Hashes are computed
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
  readonly #pool: VerifyPool
  readonly #verify: Verify
  readonly #decoy: () => string
  readonly #throttle: Throttle
  readonly #onError: (error: unknown) => void
  readonly #underWay = new Map<string, Promise<AuthResult>>()
  readonly #places = new LRUCache<string, true>({ max: REMEMBERED_PLACES })

  /** @throws HtpasswdError `ERR_OPTION` for an option that is unknown or out of its range. */
  constructor(source: UserSource | UserLookup, options?: AuthenticatorOptions)
  /** @internal `verify` stands in for the pool in tests, which count hashes. */
  constructor(source: UserSource | UserLookup, options: AuthenticatorOptions, verify: Verify)
  constructor(source: UserSource | UserLookup, options: AuthenticatorOptions = {}, verify?: Verify) {
    const checked = checkAuthenticatorOptions(options)
    const {
      cacheMilliseconds = REMEMBERED_MILLISECONDS,
      cacheEntries = 10_000,
      maxFailures = 10,
      workers,
      maxQueue,
    } = checked
    const { maxCost, maxRounds, onError = () => {}, now = () => performance.now() } = checked
    this.#source = toUserSource(source)
    this.#verified = new VerifiedCache({ milliseconds: cacheMilliseconds, entries: cacheEntries, now })
    const limits = {
      ...(maxCost !== undefined && { maxCost }),
      ...(maxRounds !== undefined && { maxRounds }),
    }
    this.#pool = new VerifyPool({ workers, maxQueue, ...limits })
    this.#verify = verify ?? this.#pool.verify
    this.#decoy = createDecoy(this.#source, now)
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

  /** As `authenticate`, but at once where no hash is needed: most of a server's requests. @internal */
  decide(credentials: Credentials | undefined, context: AuthContext): AuthResult | Promise<AuthResult> {
    if (credentials === undefined) return refuse('missing')
    const { username, password } = credentials
    if (username.length > MAX_USERNAME_BYTES || password.length > MAX_PASSWORD_BYTES)
      return refuse('rejected')
    try {
      // A program's own look-up may say null for nobody. That must not pass for a record: whose record was the decoy
      // would be let in by the memory of it.
      const user = textOf(username)
      const storedHash = this.#lookUp(username, user) ?? undefined
      const key = this.#key(username, storedHash ?? this.#decoy(), password)
      if (storedHash !== undefined && this.#verified.has(key))
        return new StoredLogin(user, username, storedHash, this.#isStored)
      return this.#checkOnce(credentials, storedHash, key, context.address)
    } catch (error) {
      this.#onError(error)
      return refuse('fault')
    }
  }

  /**
   * Equal attempts from one place share one check, known user or not: the key of an unknown one is as much its own
   * (CVE-2026-88010 shared one among all unknown users, and so told them).
   */
  async #checkOnce(
    credentials: Credentials,
    storedHash: string | undefined,
    key: CheckKey,
    address: string | undefined,
  ): Promise<AuthResult> {
    const { username } = credentials
    try {
      const block = address === undefined ? undefined : addressBlock(address)
      const attempt = `${key} ${block}`
      const same = this.#underWay.get(attempt)
      if (same !== undefined) return await same
      const check = this.#check(credentials, storedHash, this.#limitsOf(username, block)).then(answer => {
        if (answer.ok) this.#remember(key, username, block)
        return answer
      })
      this.#underWay.set(attempt, check)
      return await check.finally(() => this.#underWay.delete(attempt))
    } catch (error) {
      this.#onError(error)
      return refuse('fault')
    }
  }

  readonly #isStored: IsStored = (username, text, hash) => {
    try {
      return this.#lookUp(username, text) === hash
    } catch (error) {
      // it tells nothing of the user
      this.#onError(error)
      return true
    }
  }

  #lookUp(username: Uint8Array, text: string): string | undefined {
    const other = otherForm(username)
    // as text where the bytes are UTF-8; Latin-1 bytes are asked for as they are, then as text
    if (other === undefined) return this.#source.get(text)
    return Buffer.compare(Buffer.from(text, 'utf8'), username) === 0
      ? (this.#source.get(text) ?? this.#source.get(other))
      : (this.#source.get(username) ?? this.#source.get(text))
  }

  /** What an attempt is counted against: its address, and the name. */
  #limitsOf(username: Uint8Array, block: string | undefined): string[] {
    const place = placeOf(username, block)
    // A name that logged in from here before has a count of its own for this place: strangers who guess at it
    // elsewhere cannot keep its owner out.
    const name = this.#places.has(place) ? `place ${place}` : `name ${toByteString(username)}`
    return block === undefined ? [name] : [`address ${block}`, name]
  }

  /** One place in the throttle for each limit; then the hash. */
  async #check(
    { username, password }: Credentials,
    storedHash: string | undefined,
    limits: string[],
  ): Promise<AuthResult> {
    const admitted: string[] = []
    let failed = false
    try {
      for (const limit of limits) {
        const admission = await this.#throttle.admit(limit)
        if (admission === 'full') return refuse('busy', BUSY_RETRY_SECONDS)
        if (admission !== 'admitted')
          return refuse('throttled', Math.max(1, Math.ceil(admission.wait / 1000)))
        admitted.push(limit)
      }
      const right = await this.#isRight(password, storedHash)
      if (right === 'full') return refuse('busy', BUSY_RETRY_SECONDS)
      failed = !right
      if (failed || storedHash === undefined) return refuse('rejected')
      return new StoredLogin(textOf(username), username, storedHash, this.#isStored)
    } finally {
      for (const limit of admitted) this.#throttle.settle(limit, failed)
    }
  }

  #remember(key: CheckKey, username: Uint8Array, block: string | undefined): void {
    this.#verified.add(key)
    this.#places.set(placeOf(username, block), true)
  }

  /** The hash first, whether the user exists last: both ways the same work (CVE-2026-32595 returned early). */
  async #isRight(password: Uint8Array, storedHash: string | undefined): Promise<boolean | 'full'> {
    const checkable = storedHash !== undefined && identify(storedHash) !== undefined
    const answer = await this.#matches(password, checkable ? storedHash : this.#decoy())
    if (answer === 'full') return 'full'
    if (answer !== 'beyond-limits') return answer && checkable
    // the record asks for more work than is allowed: denied, after the work of all others
    return (await this.#matches(password, this.#decoy())) === 'full' ? 'full' : false
  }

  async #matches(password: Uint8Array, record: string): Promise<VerifyAnswer | 'full'> {
    const first = await this.#verify(password, record)
    if (first !== false) return first
    const other = otherForm(password)
    return other === undefined ? false : this.#verify(other, record)
  }

  /** Ends the worker threads; verifications in flight are refused as `fault`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close()
  }
}
