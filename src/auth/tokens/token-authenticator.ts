// Verifies personal access tokens: the token is stored and not expired, and its owner still has the record it is bound to.
import { timingSafeEqual } from 'node:crypto'
import type { LRUCache } from 'lru-cache'
import { type ByteString, textOf } from '../../bytes.ts'
import { recordFingerprint, type TokenRecord, type TokensDocument } from '../../document/tokens.ts'
import { HtpasswdError, rejectUnknownKeys } from '../../errors.ts'
import type { LiveText } from '../../store/live-text.ts'
import { openTokensSync } from '../../store/token-file.ts'
import { admit, failureMemory } from '../attempts.ts'
import { type AuthResult, refuse } from '../auth-result.ts'
import type { AuthContext, Authenticator } from '../authenticator.ts'
import { spellingsOf } from '../spellings.ts'
import { type FoundUser, findUser } from '../stored-user.ts'
import { type AttemptLimiter, attemptOf } from '../throttle.ts'
import { LastUsed } from './last-used.ts'
import { digestOf, isToken, tokenId } from './token.ts'
import { TokenIdentity, type TokenState } from './token-identity.ts'

/** The options of a `TokenAuthenticator`. */
export interface TokenOptions {
  /**
   * Called with the reason why a stored, unexpired token is refused (another program changed its owner's record), and
   * why the days of use cannot be written; once for each reason, and never with a token.
   */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** The collaborators of a TokenAuthenticator. */
interface TokenAuthenticatorParts {
  /** The current tokens; read at each request with a token, so it must be synchronous. */
  readonly tokens: { readonly value: TokensDocument; readonly path?: string }
  /** The authenticator of the passwords: its users own the tokens, and its throttle counts wrong tokens as well. */
  readonly authenticator: Pick<Authenticator, 'source' | 'limiter'>
  /** Called for each use. */
  readonly onUse?: ((id: string) => void) | undefined
  /** Called once for each stored, unexpired token that is refused, with the reason. */
  readonly onError?: ((error: unknown) => void) | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/**
 * Verifies personal access tokens: each is looked up by its id and compared by its digest in constant time. 190 random bits
 * leave nothing to guess, so no throttle stands before a valid token, and no slow hash is needed.
 *
 * A token is its owner's, with its own scope: accepted as `Authorization: Bearer`, and as a Basic password with the owner's
 * name. It ends with its time, when it is revoked, and with its owner's record in the password file.
 *
 * @example
 * ```js
 * import { once } from 'node:events'
 * import { Authenticator, createGuard, TokenAuthenticator } from 'htpasswd-kit'
 *
 * const authenticator = new Authenticator({ robot: '*' })
 * const tokens = TokenAuthenticator.fromFile(authenticator, 'users.tokens')
 * const guard = createGuard({ authenticator, tokens, upstream: 'http://127.0.0.1:5000' })
 * await once(guard.server.listen(0, '127.0.0.1'), 'listening')
 * const headers = { authorization: 'Bearer htk_mistyped' }
 * const response = await fetch(`http://127.0.0.1:${guard.server.address().port}/`, { headers })
 * console.log(response.status, response.headers.get('www-authenticate'))
 * await guard.close()
 * await authenticator.close()
 * ```
 *
 * ```text
 * 401 Bearer error="invalid_token"
 * ```
 */
export class TokenAuthenticator {
  readonly #state: TokenState
  readonly #tokens: TokenAuthenticatorParts['tokens']
  readonly #limiter: AttemptLimiter
  readonly #onUse: (id: string) => void
  readonly #onError: (error: unknown) => void
  readonly #now: () => number
  /** The owner's stored hash that was last found to match the record a token is bound to. */
  readonly #bound = new WeakMap<TokenRecord, string>()
  readonly #reported = new WeakSet<TokenRecord>()
  readonly #failed: LRUCache<string, true>
  #lastUsed: LastUsed | undefined

  /** @internal */
  constructor({ tokens, authenticator, onUse, onError, now }: TokenAuthenticatorParts) {
    this.#tokens = tokens
    this.#limiter = authenticator.limiter
    this.#onUse = onUse ?? (() => {})
    this.#onError = onError ?? (() => {})
    this.#now = now ?? Date.now
    this.#state = {
      source: authenticator.source,
      onError: this.#onError,
      current: token => this.#current(token),
      isBoundTo: (token, storedHash) => this.#isBoundTo(token, storedHash),
    }
    this.#failed = failureMemory(this.#now)
  }

  /**
   * Opens a token file for a guard or a middleware. Its content counts as it is on disk at the moment of a request; while
   * there is no such file, there are no tokens. Beside it, `PATH.used` gets the days on which tokens were used.
   *
   * @param authenticator of the passwords, whose users are the owners.
   * @param path by convention that of the password file with `.tokens` appended, as for the command.
   * @throws HtpasswdError `ERR_FILE_ACCESS` for a file that exists and cannot be read.
   */
  static fromFile(
    authenticator: Authenticator,
    path: string,
    options: TokenOptions = {},
  ): TokenAuthenticator {
    rejectUnknownKeys('TokenOptions', options, ['onError'])
    return TokenAuthenticator.on(authenticator, openTokensSync(path), options)
  }

  /** The same for a file that is open already. @internal */
  static on(
    authenticator: Authenticator,
    tokens: LiveText<TokensDocument>,
    { onError }: TokenOptions = {},
  ): TokenAuthenticator {
    const exists = (id: string): boolean => tokens.value.get(id) !== undefined
    const lastUsed = new LastUsed(tokens.location, { exists, onError })
    const opened = new TokenAuthenticator({ tokens, authenticator, onUse: lastUsed.note, onError })
    opened.#lastUsed = lastUsed
    return opened
  }

  /** Where the tokens are; undefined if they are in no file. @internal */
  get path(): string | undefined {
    return this.#tokens.path
  }

  /** Writes the days of use that are not written yet. */
  async close(): Promise<void> {
    await this.#lastUsed?.flush()
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Whether a text has the form of a token, its checksum included. @internal */
  isToken(text: string): boolean {
    return isToken(text)
  }

  /**
   * Verifies a token and returns its owner's identity.
   *
   * @param owner the user name that was sent with the token, which must be the owner's; undefined if none was sent.
   * @returns a promise only for a wrong token, which is counted, and if the users are in a database. @internal
   */
  decide(
    token: string,
    owner: ByteString | undefined,
    context: AuthContext,
  ): AuthResult | Promise<AuthResult> {
    const decideFor = (found: TokenIdentity | undefined): AuthResult | Promise<AuthResult> =>
      found ?? this.#refuse(token, owner, context)
    try {
      const found = this.#find(token, owner)
      return found instanceof Promise ? found.then(decideFor).catch(this.#fault) : decideFor(found)
    } catch (error) {
      return this.#fault(error)
    }
  }

  readonly #fault = (error: unknown): AuthResult => {
    this.#onError(error)
    return refuse('fault')
  }

  #find(
    text: string,
    owner: ByteString | undefined,
  ): TokenIdentity | undefined | Promise<TokenIdentity | undefined> {
    const token = this.#stored(tokenId(text))
    const digest = digestOf(text)
    // an unknown id is compared with itself, so that the time does not reveal which ids exist
    const isSame = timingSafeEqual(Buffer.from(digest), Buffer.from(token?.digest ?? digest))
    if (token === undefined || !isSame) return undefined
    const isOwner = owner === undefined || owner === token.user || spellingsOf(owner).includes(token.user)
    if (!isOwner) return undefined
    const identityOf = (found: FoundUser): TokenIdentity | undefined => {
      if (!this.#isBoundTo(token, found.storedHash)) return undefined
      this.#onUse(token.id)
      return new TokenIdentity(found, token, this.#state)
    }
    const found = findUser(this.#state.source, token.user, [token.user])
    return found instanceof Promise ? found.then(identityOf) : identityOf(found)
  }

  /** The unexpired token with this id. */
  #stored(id: string): TokenRecord | undefined {
    const token = this.#tokens.value.get(id)
    const hasExpired = token?.expires !== undefined && this.#now() >= token.expires * 1000
    return hasExpired ? undefined : token
  }

  #current({ id, digest, user }: TokenRecord): TokenRecord | undefined {
    const token = this.#stored(id)
    return token?.digest === digest && token.user === user ? token : undefined
  }

  #isBoundTo(token: TokenRecord, storedHash: string | undefined): boolean {
    if (storedHash === undefined) return false
    if (this.#bound.get(token) === storedHash) return true
    const isBound = token.records.includes(recordFingerprint(token.id, storedHash))
    if (isBound) this.#bound.set(token, storedHash)
    else this.#report(token)
    return isBound
  }

  /** Reports why a token is refused: to its user it is listed, and the password works. */
  #report(token: TokenRecord): void {
    if (this.#reported.has(token)) return
    this.#reported.add(token)
    const user = JSON.stringify(textOf(token.user))
    this.#onError(
      new HtpasswdError(
        'ERR_RECORD',
        `the token ${token.id} of ${user} is refused: another program has changed the record of ${user} since; ` +
          'keep the tokens with htpasswd token rebind, if it is still the same person',
      ),
    )
  }

  /** Counts a wrong token for its address; the same token again is not another guess. */
  async #refuse(token: string, owner: ByteString | undefined, { address }: AuthContext): Promise<AuthResult> {
    // a Basic client understands only the Basic challenge
    const refusal = refuse(owner === undefined ? 'invalid-token' : 'rejected')
    const attempt = attemptOf('', address)
    const id = `${digestOf(token)} ${attempt.subnet} ${owner}`
    if (this.#failed.get(id)) return refusal
    try {
      const admission = await admit(this.#limiter, attempt)
      if ('ok' in admission) return admission
      this.#limiter.settle(attempt, true)
      this.#failed.set(id, true)
      return refusal
    } catch (error) {
      return this.#fault(error)
    }
  }
}
