// Verifies passwords: cached, throttled, and with the same work for known and unknown users.
import { setTimeout as delay } from 'node:timers/promises'
import type { LRUCache } from 'lru-cache'
import type { ByteString } from '../bytes.ts'
import { admit, failureMemory, REMEMBERED_MILLISECONDS, refuseBusy } from './attempts.ts'
import { type AuthResult, type Credentials, refuse } from './auth-result.ts'
import {
  type AuthenticatorOptions,
  type AuthenticatorParts,
  checkAuthenticatorOptions,
  createWarning,
} from './authenticator-options.ts'
import { RecordVerifier } from './record-verifier.ts'
import { bytesOf, type FoundUser, findUser, isPending, PasswordIdentity } from './stored-user.ts'
import { type Attempt, type AttemptLimiter, attemptOf, Throttle } from './throttle.ts'
import { openUserSource, toUserSource, type UserSource, type Users } from './user-source.ts'
import { type CheckKey, createKeyer, VerifiedCache } from './verified-cache.ts'
import { Verifier } from './verifier.ts'

/** Where a request came from. */
export interface AuthContext {
  /** The client's address; without it, failures are counted by user name only. */
  readonly address?: string | undefined
}

// Apache's limit for a name, and this package's for a password; longer credentials are refused without hashing
const MAX_USERNAME_BYTES = 255
const MAX_PASSWORD_BYTES = 4096

/** One attempt to log in. */
interface Login {
  readonly found: FoundUser
  readonly password: ByteString
  /** Of user, stored hash and password; for an unknown user, of name and password. */
  readonly key: CheckKey
  /** The counters that it uses. */
  readonly attempt: Attempt
}

/**
 * Verifies credentials against users: those of a password file, or of a Map, an object or a function that returns a stored
 * hash (or a promise of it).
 *
 * A correct password is remembered as a keyed digest that is bound to the stored hash, so it is hashed once. Hashes are
 * computed in worker threads, behind a bounded queue. After too many failures an address or a user name has to wait, but
 * never a user whose password is remembered, and a wrong password that is sent again is not a new failure. An unknown
 * user, a wrong password and a damaged record get the same result after the same work.
 *
 * @example
 * ```js
 * import { Authenticator, hashPassword } from 'htpasswd-kit'
 *
 * const authenticator = new Authenticator({ alice: await hashPassword('wonderland', { cost: 10 }) })
 * const context = { address: '192.0.2.7' }
 * const right = await authenticator.authenticate({ username: 'alice', password: 'wonderland' }, context)
 * const wrong = await authenticator.authenticate({ username: 'alice', password: 'looking-glass' }, context)
 * console.log(right.ok && right.user, wrong)
 * await authenticator.close()
 * ```
 *
 * ```text
 * alice { ok: false, status: 401, reason: 'rejected' }
 * ```
 */
export class Authenticator {
  /** The users. The verifiers of tokens, sessions and JSON Web Tokens look them up as well. @internal */
  readonly source: UserSource
  readonly #key = createKeyer()
  readonly #verified: VerifiedCache
  readonly #failed: LRUCache<string, number>
  readonly #verifier: Verifier
  readonly #records: RecordVerifier
  /** Counts failures; other kinds of credentials count theirs here as well. @internal */
  readonly limiter: AttemptLimiter
  readonly #now: () => number
  readonly #delay: (milliseconds: number) => Promise<unknown>
  readonly #onLookup: AuthenticatorParts['onLookup']
  readonly #onError: (error: unknown) => void
  readonly #inFlight = new Map<string, Promise<AuthResult>>()

  /**
   * @param users an `HtpasswdFile`, a Map or an object with the stored hashes, or a function that returns one.
   * @throws HtpasswdError `ERR_OPTION` for anything else, and for an option that is unknown or out of its range.
   */
  constructor(users: Users, options?: AuthenticatorOptions)
  /** @internal */
  constructor(users: Users, options: AuthenticatorOptions, parts: AuthenticatorParts)
  constructor(users: Users, options: AuthenticatorOptions = {}, parts: AuthenticatorParts = {}) {
    const checked = checkAuthenticatorOptions(options)
    const { maxCost, maxRounds, onError, now = () => performance.now() } = checked
    this.source = toUserSource(users)
    // It may be long, because entries are bound to the stored hash: a changed or deleted record misses at once.
    // Remembered users need no hash, so neither many guesses nor a throttled address locks them out.
    this.#verified = new VerifiedCache({
      milliseconds: checked.cacheMilliseconds ?? REMEMBERED_MILLISECONDS,
      entries: checked.cacheEntries ?? 10_000,
      now,
    })
    this.#failed = failureMemory(now)
    this.#verifier = new Verifier(checked.workers, checked.maxQueue)
    this.#onError = onError ?? createWarning()
    this.#records = new RecordVerifier({
      source: this.source,
      verify: parts.verify ?? this.#verifier.verify,
      limits: {
        ...(maxCost !== undefined && { maxCost }),
        ...(maxRounds !== undefined && { maxRounds }),
      },
      now,
      onError: this.#onError,
    })
    this.limiter = parts.limiter ?? new Throttle({ maxFailures: checked.maxFailures ?? 10, now })
    this.#now = now
    this.#delay = parts.delay ?? delay
    this.#onLookup = parts.onLookup
  }

  /**
   * An authenticator for the users of a password file as it is on disk at each request: a user whom another program deletes
   * is refused at the next one. While the file is missing or unreadable, the users read last stay in force, and `onError`
   * gets the reason.
   *
   * @param path is resolved now; another working directory later makes no difference.
   * @throws HtpasswdError `ERR_FILE_ACCESS` if the file is missing or unreadable, `ERR_UTF16` if it is UTF-16 text,
   *   `ERR_OPTION` as the constructor.
   *
   * @example
   * ```js
   * import { Authenticator, HtpasswdFile, hashPassword } from 'htpasswd-kit'
   *
   * const hash = await hashPassword('wonderland', { cost: 10 })
   * await HtpasswdFile.update('users', document => document.set('alice', hash), { create: true })
   * const authenticator = Authenticator.fromFile('users')
   * console.log((await authenticator.authenticate({ username: 'alice', password: 'wonderland' })).ok)
   * await HtpasswdFile.update('users', document => document.delete('alice'))
   * console.log((await authenticator.authenticate({ username: 'alice', password: 'wonderland' })).ok)
   * await authenticator.close()
   * ```
   *
   * ```text
   * true
   * false
   * ```
   */
  static fromFile(path: string, options: AuthenticatorOptions = {}): Authenticator {
    const onError = checkAuthenticatorOptions(options).onError ?? createWarning()
    return new Authenticator(openUserSource(path, onError), { ...options, onError })
  }

  /**
   * Verifies credentials. Undefined credentials are refused as `missing`.
   *
   * The promise never rejects: after a technical fault it resolves with a refusal, and `onError` gets the error.
   */
  async authenticate(credentials: Credentials | undefined, context: AuthContext = {}): Promise<AuthResult> {
    return this.decide(credentials, context)
  }

  /** As `authenticate`, but synchronous where no hash is needed, as for most requests of a server. @internal */
  decide(credentials: Credentials | undefined, { address }: AuthContext): AuthResult | Promise<AuthResult> {
    if (credentials === undefined) return refuse('missing')
    try {
      const [username, password] = [bytesOf(credentials.username), bytesOf(credentials.password)]
      if (username.length > MAX_USERNAME_BYTES || password.length > MAX_PASSWORD_BYTES)
        return refuse('rejected')
      const found = findUser(this.source, username)
      if (!isPending(found)) return this.#decideFound(found, password, address)
      return found.then(user => this.#decideFound(user, password, address)).catch(this.#refuseFault)
    } catch (error) {
      return this.#refuseFault(error)
    }
  }

  #decideFound(
    found: FoundUser,
    password: ByteString,
    address: string | undefined,
  ): AuthResult | Promise<AuthResult> {
    const key = this.#key(found.username, found.storedHash ?? '', password)
    const isHit = found.storedHash !== undefined && this.#verified.has(key)
    this.#onLookup?.(isHit)
    if (isHit) return this.#identity(found)
    return this.#checkOnce({ found, password, key, attempt: attemptOf(found.user, address) })
  }

  readonly #refuseFault = (error: unknown): AuthResult => {
    this.#onError(error)
    return refuse('fault')
  }

  readonly #identity = (found: FoundUser): PasswordIdentity =>
    new PasswordIdentity(found, this.source, this.#onError)

  /**
   * Equal attempts of one subnet share one verification, whether the user exists or not (CVE-2026-88010 shared one
   * among all unknown users, and so revealed which users exist). Credentials that were wrong before are not a new
   * guess: they get the same response after the same time, without the work and without being counted. So a program
   * that repeats a stale password does not use up the attempts of its address.
   */
  async #checkOnce(login: Login): Promise<AuthResult> {
    const id = `${login.key} ${login.attempt.subnet}`
    try {
      const same = this.#inFlight.get(id)
      if (same !== undefined) return await same
      const time = this.#failed.get(id)
      if (time !== undefined) {
        await this.#delay(time)
        return refuse('rejected')
      }
      const check = this.#check(login, id)
      this.#inFlight.set(id, check)
      return await check.finally(() => this.#inFlight.delete(id))
    } catch (error) {
      return this.#refuseFault(error)
    }
  }

  /** Asks the throttle, then computes the hash. */
  async #check({ found, password, key, attempt }: Login, id: string): Promise<AuthResult> {
    const admission = await admit(this.limiter, attempt)
    if ('ok' in admission) return admission
    const start = this.#now()
    let isWrong = false
    try {
      const isRight = await this.#records.isRight(found.storedHash, password, attempt, admission.isSuspect)
      if (isRight === 'full') return refuseBusy()
      if (isRight) {
        this.#verified.add(key)
        return this.#identity(found)
      }
      isWrong = true
      this.#failed.set(id, this.#now() - start)
      return refuse('rejected')
    } finally {
      this.limiter.settle(attempt, isWrong)
    }
  }

  /** Ends the worker threads; verifications in flight are refused as `fault`. A program that does not call it ends as well. */
  close(): Promise<void> {
    return this.#verifier.close()
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
