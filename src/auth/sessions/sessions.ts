// Sessions: whom a session cookie belongs to, and when it ends. Only ended sessions are stored.
import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ByteString } from '../../bytes.ts'
import { textOf } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'
import { type AuthResult, refuse } from '../auth-result.ts'
import { lookUpNow } from '../stored-user.ts'
import type { UserSource } from '../user-source.ts'
import { providerId } from './ended-sessions.ts'
import { KeyRing, type SessionSecrets } from './key-ring.ts'
import { type LifetimeOptions, SessionLifetime } from './lifetime.ts'
import { deriveKey, type SessionKey, seal, unseal } from './seal.ts'
import { cookieName, cookieValues, formatSetCookie } from './session-cookie.ts'
import type { ProviderClaims, SessionData } from './session-data.ts'
import { SessionIdentity } from './session-identity.ts'

/** The lifetime of a session, the secrets of its cookie, and what ends it. */
export interface SessionsOptions extends LifetimeOptions {
  /** The users; one whose stored hash changes, or who is deleted, has no session any more. */
  readonly source: UserSource
  /** The first one signs; the others are for cookies that were issued before a change of the secret. */
  readonly secrets: SessionSecrets
  /** The path below which the guard serves: the cookie's name depends on it. */
  readonly prefix?: string | undefined
  /** Any text that changes when all sessions of a user are ended by `htpasswd sessions end`. */
  readonly generationOf?: ((username: ByteString) => string | undefined) | undefined
  /** The text to which the session of a provider's user is bound; undefined if the session is over. */
  readonly providerBinding?: ((data: SessionData) => string | undefined) | undefined
}

/** How a request reached the guard: over https its cookie has another name. */
export interface CookieScope {
  readonly scheme: string
}

/** The state to which a session is bound: the session ends when it changes. */
interface Bound {
  /** The stored hash of the user, or the text to which a provider's user is bound. */
  readonly stored: string | undefined
  readonly generation: string | undefined
}

interface KnownCookie {
  /** The keys at that time; the key of the cookie may be removed later. */
  readonly keys: readonly SessionKey[]
  readonly session: SessionData
  readonly bound: Bound
  readonly identity: SessionIdentity
}

const KNOWN_COOKIES = 10_000

/**
 * Issues session cookies and finds out whom a request's cookie belongs to.
 *
 * A cookie is signed over the user's stored hash as it is now. So a session ends with the next request after the password
 * was changed or the user was deleted, in every process that has the same secret and file (CVE-2026-40934).
 */
export class Sessions {
  readonly #options: SessionsOptions
  readonly #keyRing: KeyRing<SessionKey>
  readonly #lifetime: SessionLifetime
  readonly #names: { readonly plain: string; readonly secure: string }
  readonly #known = new LRUCache<string, KnownCookie>({ max: KNOWN_COOKIES })

  /** @throws HtpasswdError `ERR_OPTION` for a secret that is too short, or a lifetime that is none. */
  constructor(options: SessionsOptions) {
    const { prefix = '' } = options
    this.#options = options
    this.#keyRing = new KeyRing(options.secrets, deriveKey)
    this.#lifetime = new SessionLifetime(options)
    this.#names = { plain: cookieName(false, prefix), secure: cookieName(true, prefix) }
  }

  /**
   * Whose cookie a request has. Each cookie of the name is tried: another page may have set one besides ours.
   *
   * @param cookies the `Cookie` header.
   * @returns undefined where no cookie is one that was issued to a user who exists with the same stored hash; a refusal
   *   where the only ones are of sessions that have expired or were signed out.
   */
  decide(cookies: string | undefined, scope: CookieScope): SessionIdentity | AuthResult | undefined {
    const name = this.#nameFor(scope)
    let isOver = false
    for (const value of cookieValues(cookies, name)) {
      const identity = this.#verified(name, value) ?? this.#verify(name, value, scope)
      if (identity === undefined) continue
      if (this.#lifetime.isAlive(identity.session)) return identity
      isOver = true
    }
    return isOver ? refuse('signed-out') : undefined
  }

  /**
   * Begins a session.
   *
   * @param username as the password file has it.
   * @returns the value of `Set-Cookie`.
   * @throws HtpasswdError `ERR_USER_MISSING` if the user has been deleted meanwhile.
   */
  issue(
    username: ByteString,
    scope: CookieScope,
    options: { readonly staysSignedIn?: boolean; readonly provider?: ProviderClaims | undefined } = {},
  ): string {
    const now = this.#lifetime.now()
    const { staysSignedIn = false, provider } = options
    const id = randomBytes(16).toString('base64url')
    const cookie = this.#setCookie(
      { id, username, signedInAt: now, issuedAt: now, staysSignedIn, provider },
      scope,
    )
    if (cookie === undefined)
      throw new HtpasswdError('ERR_USER_MISSING', `user ${textOf(username)} does not exist any more`)
    return cookie
  }

  /**
   * Ends a session before its time.
   *
   * @returns whether every process and replica knows; false where some will hear of it later.
   */
  async end({ session }: SessionIdentity): Promise<boolean> {
    const { id, signedInAt } = session
    return this.#lifetime.end(id, signedInAt)
  }

  /**
   * Ends all sessions of a provider's user (`sub`) or of one of its sessions (`sid`) that began until now.
   *
   * @returns as `end`.
   */
  async endOfProvider(kind: 'sub' | 'sid', value: string): Promise<boolean> {
    return this.#lifetime.end(providerId(kind, value), this.#lifetime.now())
  }

  /** Takes a provider's message, by its `jti`. @returns false if it was taken before, here or elsewhere. */
  async takeMessage(jti: string, issuedAt: number): Promise<boolean> {
    const id = providerId('jti', jti)
    if (this.#lifetime.hasEnded(id, issuedAt)) return false
    await this.#lifetime.end(id, issuedAt)
    return true
  }

  /** The absolute end of a session, in milliseconds since 1970. */
  absoluteEnd(session: Pick<SessionData, 'signedInAt' | 'provider'>): number {
    return this.#lifetime.absoluteEnd(session)
  }

  /** The value of `Set-Cookie` that deletes the cookie: with the same attributes, else browsers would keep it. */
  clear(scope: CookieScope): string {
    return formatSetCookie(this.#nameFor(scope), '', { secure: scope.scheme === 'https', maxAge: 0 })
  }

  /** A cookie that was verified before, if the state it is bound to is the same: two lookups instead of two digests. */
  #verified(name: string, value: string): SessionIdentity | undefined {
    const known = this.#known.get(`${name} ${value}`)
    if (known === undefined || known.keys !== this.#keyRing.keys) return undefined
    return this.#isBoundTo(known.session, known.bound) ? known.identity : undefined
  }

  #verify(name: string, value: string, scope: CookieScope): SessionIdentity | undefined {
    const { keys } = this.#keyRing
    const unsealed = unseal(keys, name, value, this.#bindingOf)
    if (unsealed === undefined) return undefined
    const { session } = unsealed
    const bound = this.#boundTo(session)
    // keeps nothing else of a request that may have ended long ago
    const identity = this.#identity(session, bound, unsealed.key, { scheme: scope.scheme })
    this.#known.set(`${name} ${value}`, { keys, session, bound, identity })
    return identity
  }

  #identity(session: SessionData, bound: Bound, { id }: SessionKey, scope: CookieScope): SessionIdentity {
    const hasKey = (): boolean => this.#keyRing.keys.some(key => key.id === id)
    return new SessionIdentity(session, {
      user: textOf(session.username),
      expiresAt: this.#lifetime.endOf(session),
      isCurrent: () => this.#lifetime.isAlive(session) && this.#isBoundTo(session, bound) && hasKey(),
      renew: () => this.#renew(session, scope),
    })
  }

  #nameFor = ({ scheme }: CookieScope): string =>
    scheme === 'https' ? this.#names.secure : this.#names.plain

  readonly #bindingOf = (data: SessionData): string | undefined => {
    const { stored, generation } = this.#boundTo(data)
    return stored === undefined ? undefined : `${stored}\n${generation ?? ''}`
  }

  /** The current state to which a session is bound. */
  #boundTo(data: SessionData): Bound {
    const { source, generationOf, providerBinding } = this.#options
    const { username, provider } = data
    const stored = provider === undefined ? lookUpNow(source, username) : providerBinding?.(data)
    return { stored, generation: generationOf?.(username) }
  }

  #isBoundTo(data: SessionData, { stored, generation }: Bound): boolean {
    const now = this.#boundTo(data)
    return stored !== undefined && now.stored === stored && now.generation === generation
  }

  /**
   * The same session in a new cookie, if this one is due. Asked when a response is sent, so that no cookie follows a
   * sign-out.
   */
  #renew(data: SessionData, scope: CookieScope): string | undefined {
    if (!this.#lifetime.isDue(data) || !this.#lifetime.isAlive(data)) return undefined
    return this.#setCookie({ ...data, issuedAt: this.#lifetime.now() }, scope)
  }

  #setCookie(data: SessionData, scope: CookieScope): string | undefined {
    const binding = this.#bindingOf(data)
    if (binding === undefined) return undefined
    const name = this.#nameFor(scope)
    const value = seal(this.#keyRing.first, name, data, binding)
    const left = this.#lifetime.endOf(data) - this.#lifetime.now()
    const maxAge = data.staysSignedIn ? Math.ceil(left / 1000) : undefined
    return formatSetCookie(name, value, { secure: scope.scheme === 'https', maxAge })
  }
}
