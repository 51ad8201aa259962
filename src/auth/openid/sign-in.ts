// Signing people in with a provider: the authorization code flow, always with PKCE, state, nonce and the check of `iss`.
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { SessionSecrets } from '../sessions/key-ring.ts'
import type { ProviderClaims, SessionData } from '../sessions/session-data.ts'
import { lookUpNow } from '../stored-user.ts'
import type { MemorySource } from '../user-source.ts'
import { type Attempt, Attempts } from './attempt.ts'
import { type ClaimMapping, type Claims, type MappedUser, mapClaims } from './claims.ts'
import { type ClientOptions, configure, metadataOf, scopeFor } from './client.ts'
import type { Provider } from './provider.ts'
import { describeFailure, type FailedSignIn } from './sign-in-failure.ts'

/** The options of a sign-in with a provider. */
export interface ProviderSignInOptions extends ClientOptions {
  /** The URL of the callback, derived from the configured public URL and never from a request. */
  readonly redirectUri: URL
  /** The page to which the provider redirects after a sign-out. */
  readonly afterSignOut: URL
  /** The secrets of the sessions. */
  readonly secrets: SessionSecrets
  readonly source: MemorySource
  readonly mapping: ClaimMapping
}

/** A sign-in that succeeded. */
export interface FinishedSignIn {
  readonly user: Exclude<MappedUser, { refused: string }>
  readonly claims: ProviderClaims
  readonly next: string
  readonly cookies: readonly string[]
}

/** The cookie of a session has room for this much of groups. */
const MAX_GROUP_BYTES = 1500

/** Signs people in with one provider. Of the provider's response only `sub`, `sid` and groups are kept. */
export class ProviderSignIn {
  readonly #options: ProviderSignInOptions
  readonly #attempts: Attempts
  readonly #now: () => number

  constructor(options: ProviderSignInOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#attempts = new Attempts(options.secrets, options.redirectUri.protocol === 'https:')
  }

  /** The provider's host, as people know it. */
  get name(): string {
    return new URL(this.#options.provider.issuer).host
  }

  get provider(): Provider {
    return this.#options.provider
  }

  get clientId(): string {
    return this.#options.clientId
  }

  /** Whether the provider could not be reached the last time; asks it again in the background once the pause is over. */
  isDown(): boolean {
    const { provider } = this.#options
    metadataOf(provider).catch(() => {})
    return provider.isDown
  }

  /** Begins an attempt: where the browser is sent, and the cookies that it keeps meanwhile. */
  async begin(
    next: string,
    cookies: string | undefined,
  ): Promise<{ readonly location: URL; readonly cookies: readonly string[] } | FailedSignIn> {
    try {
      const configuration = await configure(this.#options)
      const attempt = {
        state: randomState(),
        nonce: randomNonce(),
        verifier: randomPKCECodeVerifier(),
        next,
        at: this.#now(),
      }
      const location = buildAuthorizationUrl(configuration, {
        redirect_uri: this.#options.redirectUri.href,
        response_type: 'code',
        scope: scopeFor(configuration, this.#options.mapping.groupsClaim),
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      })
      return { location, cookies: this.#attempts.keep(attempt, cookies) }
    } catch (error) {
      return this.#failure(error, [])
    }
  }

  /**
   * Ends an attempt. Never rejects.
   *
   * @param query of the callback's address, as the browser brought it.
   */
  async finish(query: URLSearchParams, cookies: string | undefined): Promise<FinishedSignIn | FailedSignIn> {
    const state = query.get('state') ?? ''
    const attempt = this.#attempts.find(state, cookies, this.#now())
    // without an attempt nothing is asked of the provider: nobody can make this server redeem somebody else's code
    if (attempt === undefined) {
      const cause = 'no attempt of this browser in the last 10 minutes has the state of the callback'
      return { problem: 'no-attempt', cause, cookies: [] }
    }
    const dropped = [this.#attempts.drop(state)]
    try {
      const claims = await this.#redeem(query, attempt)
      const user = mapClaims(claims, this.#options.mapping, this.#options.source)
      if ('refused' in user) return { problem: 'unknown-user', cause: user.refused, cookies: dropped }
      return { user, claims: claimsOf(claims, user.groups), next: attempt.next, cookies: dropped }
    } catch (error) {
      return this.#failure(error, dropped)
    }
  }

  /** The provider's page for a sign-out; undefined if it has none, or is not known yet. */
  async endSessionUrl(): Promise<URL | undefined> {
    try {
      const configuration = await configure(this.#options)
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined
      const { afterSignOut } = this.#options
      return buildEndSessionUrl(configuration, { post_logout_redirect_uri: afterSignOut.href })
    } catch {
      return undefined
    }
  }

  /** What a session is bound to: provider, client, who is allowed, and the line of the user; undefined if it is over. */
  bindingOf({ username }: Pick<SessionData, 'username'>): string | undefined {
    const { provider, clientId, mapping, source } = this.#options
    const stored = lookUpNow(source, username)
    if (stored === undefined && mapping.users !== 'any') return undefined
    const { userClaim, groupsClaim, users, allow } = mapping
    return JSON.stringify([provider.issuer, clientId, userClaim, groupsClaim, users, allow, stored ?? null])
  }

  async #redeem(query: URLSearchParams, { state, nonce, verifier }: Attempt): Promise<Claims> {
    const configuration = await configure(this.#options)
    const url = new URL(this.#options.redirectUri)
    url.search = query.toString()
    const tokens = await authorizationCodeGrant(configuration, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims() as Claims & { readonly sub: string }
    const { userClaim = 'email', groupsClaim } = this.#options.mapping
    const wanted = [userClaim, groupsClaim, ...(userClaim === 'email' ? ['email_verified'] : [])]
    const hasAll = wanted.every(name => name === undefined || claims[name] !== undefined)
    if (hasAll || configuration.serverMetadata().userinfo_endpoint === undefined) return claims
    // OpenID Connect Core section 5.4: with a code, most providers have the e-mail address only there
    const { sub, ...more } = await fetchUserInfo(configuration, tokens.access_token, claims.sub)
    return { ...more, ...claims }
  }

  #failure(error: unknown, cookies: readonly string[]): FailedSignIn {
    return { ...describeFailure(error, this.#now()), cookies }
  }
}

/** @throws Error for names that do not fit into a cookie: dropping a group could turn a refusal into a permission. */
function claimsOf(claims: Claims, groups: readonly string[]): ProviderClaims {
  const { sub, sid } = claims
  const subject = String(sub)
  const session = typeof sid === 'string' ? sid : ''
  const isLong = (text: string): boolean => Buffer.byteLength(text) > 255
  if ([subject, session, ...groups].some(isLong) || Buffer.byteLength(groups.join(' ')) > MAX_GROUP_BYTES) {
    throw new Error(
      `${groups.length} groups do not fit into a session cookie; let the provider send only those of this app`,
    )
  }
  return { subject, session, groups }
}
