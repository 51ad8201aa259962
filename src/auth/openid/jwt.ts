// JSON Web Tokens that programs send: signed by a provider for this guard, and nothing else.
import { createHash } from 'node:crypto'
import { decodeJwt, errors, type JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { type AuthResult, refuse } from '../auth-result.ts'
import type { Identity } from '../identity.ts'
import type { MemorySource } from '../user-source.ts'
import { type ClaimMapping, type MappedUser, mapClaims } from './claims.ts'
import { KEYS_FRESH_MILLISECONDS, type Provider } from './provider.ts'
import { checkHeader, Refusal, TOLERANCE_SECONDS, verifySigned } from './signed-token.ts'

/**
 * An issuer, and the audiences of which its tokens must name one; otherwise a token for any other app would be accepted
 * (CVE-2026-55689).
 */
export interface TrustedIssuer {
  readonly provider: Provider
  readonly audiences: readonly string[]
}

/** The options of a `JwtAuthenticator`. */
export interface JwtOptions {
  readonly issuers: readonly TrustedIssuer[]
  readonly source: MemorySource
  readonly mapping: ClaimMapping
  /** Called with the reason of each refusal, and with errors of providers. */
  readonly onRefused?: (reason: string) => void
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

const TYPES = new Set([undefined, 'JWT', 'AT+JWT', 'APPLICATION/AT+JWT'])
const MAX_LIFE_SECONDS = 24 * 3600
const REMEMBERED = 10_000
/** The limit of a reason in the log, because the sender chooses most of its text. */
const MAX_REASON = 300

/** The claims of a token, and when its signature was verified, in milliseconds since 1970. */
interface Verified {
  readonly payload: JWTPayload
  readonly at: number
}

/** Verifies JSON Web Tokens. */
export class JwtAuthenticator {
  readonly #options: JwtOptions
  readonly #now: () => number
  readonly #verified = new LRUCache<string, Verified>({ max: REMEMBERED })

  constructor(options: JwtOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** Never rejects: whatever cannot be verified is refused as `invalid-token`. */
  async decide(token: string): Promise<AuthResult> {
    const key = createHash('sha256').update(token).digest('base64')
    try {
      const verified = this.#remembered(key) ?? { payload: await this.#verify(token), at: this.#now() }
      const { payload } = verified
      if (this.#isOver(payload)) throw new Refusal(this.#expiredAt(payload.exp))
      const { source, mapping } = this.#options
      const mapped = mapClaims(payload, mapping, source)
      if ('refused' in mapped) throw new Refusal(mapped.refused)
      this.#verified.set(key, verified)
      return this.#identityOf(mapped, payload)
    } catch (error) {
      this.#options.onRefused?.(this.#explain(error).slice(0, MAX_REASON))
      return refuse('invalid-token')
    }
  }

  /** A remembered signature is verified again after some minutes, with the provider's current keys. */
  #remembered(key: string): Verified | undefined {
    const verified = this.#verified.get(key)
    const age = this.#now() - (verified?.at ?? 0)
    return age >= 0 && age < KEYS_FRESH_MILLISECONDS ? verified : undefined
  }

  #identityOf(
    { user, username, groups, storedHash }: Exclude<MappedUser, { refused: string }>,
    payload: JWTPayload,
  ): Identity {
    const { source } = this.#options
    return {
      ok: true,
      user,
      username,
      kind: 'jwt',
      groups,
      scope: 'all',
      label: 'jwt',
      isCurrent: () =>
        !this.#isOver(payload) && (storedHash === undefined || source.get(user) === storedHash),
    }
  }

  #isOver({ exp = 0 }: JWTPayload): boolean {
    return this.#now() / 1000 > exp + TOLERANCE_SECONDS
  }

  async #verify(token: string): Promise<JWTPayload> {
    const { provider, audiences } = this.#issuerOf(token)
    const payload = await verifySigned(token, provider, {
      audience: [...audiences],
      requiredClaims: ['exp'],
      currentDate: new Date(this.#now()),
    })
    const { exp = 0, iat } = payload
    const begin = iat ?? this.#now() / 1000
    if (exp - begin > MAX_LIFE_SECONDS + TOLERANCE_SECONDS)
      throw new Refusal('the token is valid for more than 24 hours')
    // an ID token is meant for the app that requested it, not for being sent to others
    if ('nonce' in payload) throw new Refusal('it is an ID token, expected an access token')
    // so is a logout token, or any other security event (RFC 8417 section 2.2)
    if ('events' in payload) throw new Refusal('it is about an event, expected an access token')
    return payload
  }

  #issuerOf(token: string): TrustedIssuer {
    checkHeader(token, TYPES)
    const { iss } = decodeJwt(token)
    const issuer = this.#options.issuers.find(({ provider }) => provider.issuer === iss)
    if (issuer === undefined) throw new Refusal(`the issuer ${JSON.stringify(iss)} is not trusted`)
    return issuer
  }

  #expiredAt(exp = 0): string {
    return `the token expired at ${time(exp)}; it is ${time(this.#now() / 1000)} here`
  }

  /** A sentence for the log; the sender does not get it. */
  #explain(error: unknown): string {
    if (error instanceof errors.JWTExpired) return this.#expiredAt(error.payload.exp)
    if (error instanceof errors.JWTClaimValidationFailed) {
      const skew =
        error.claim === 'nbf' || error.claim === 'iat'
          ? `; is the clock right? It is ${time(this.#now() / 1000)} here`
          : ''
      return `${error.message}${skew}`
    }
    return error instanceof Error ? error.message : String(error)
  }
}

const time = (seconds: number): string => new Date(seconds * 1000).toISOString()
