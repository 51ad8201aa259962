// Signing people in with a provider: the authorization code flow, always with PKCE, state, nonce and the check of `iss`.
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  type CustomFetchOptions,
  calculatePKCECodeChallenge,
  clockTolerance,
  customFetch,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type ServerMetadata,
} from 'openid-client'
import type { ProviderClaims, SessionData } from '../sessions/session-data.ts'
import { lookUpNow } from '../stored-user.ts'
import type { MemorySource } from '../user-source.ts'
import { Attempts } from './attempt.ts'
import { type ClaimMapping, type Claims, type MappedUser, mapClaims } from './claims.ts'
import type { Provider } from './provider.ts'

/** How people sign in with a provider. */
export interface ProviderSignInOptions {
  readonly provider: Provider
  readonly clientId: string
  /** Undefined for a public client, which PKCE alone protects. */
  readonly clientSecret: string | undefined
  /** The address of the callback, from the address that people type and never from a request. */
  readonly redirectUri: URL
  /** Where the provider leads to after a sign-out there. */
  readonly afterSignOut: URL
  /** As those of the sessions. */
  readonly secrets: readonly string[]
  readonly source: MemorySource
  readonly mapping: ClaimMapping
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
  /** `fetch`, or one of a test. */
  readonly fetch?: typeof fetch | undefined
}

/** Why a sign-in failed, as the page words it. */
export type SignInProblem =
  /** The provider cannot be reached. */
  | 'down'
  /** The person, or the provider, said no. */
  | 'denied'
  /** No attempt of this browser fits: too late, another browser, sent twice, or forged. */
  | 'no-attempt'
  /** The provider knows the person; this server does not. */
  | 'unknown-user'
  /** What the provider sent does not hold, or it refuses this client. */
  | 'invalid'

/** A sign-in that failed. */
export interface FailedSignIn {
  readonly problem: SignInProblem
  /** The cause in a sentence for the log; no token and no code is in it. */
  readonly cause: string
  readonly cookies: readonly string[]
}

/** A sign-in that succeeded. */
export interface FinishedSignIn {
  readonly user: Exclude<MappedUser, { refused: string }>
  readonly claims: ProviderClaims
  readonly next: string
  readonly cookies: readonly string[]
}

/** Seconds by which the clocks may differ. */
const TOLERANCE_SECONDS = 60
const REQUEST_SECONDS = 5
/** The cookie of a session has room for this much of groups. */
const MAX_GROUP_BYTES = 1500
/** How long the discovery document is believed before it is looked at again. */
const METADATA_FRESH_MILLISECONDS = 60_000

/** One client of one provider. Nothing of what the provider issues is kept but names: `sub`, `sid` and groups. */
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

  /** Whether the provider could not be reached the last time; asks again in the background, not more often than it should. */
  isDown(): boolean {
    const { provider } = this.#options
    provider.metadata(METADATA_FRESH_MILLISECONDS).catch(() => {})
    return provider.isDown
  }

  /** Begins an attempt: where the browser is sent, and the cookies that it keeps meanwhile. */
  async begin(
    next: string,
    cookies: string | undefined,
  ): Promise<{ readonly location: URL; readonly cookies: readonly string[] } | FailedSignIn> {
    try {
      const configuration = await this.#configuration()
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
        scope: this.#scopeFor(configuration),
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
    // without it nothing is asked of the provider: nobody can make this server redeem somebody else's code
    if (attempt === undefined) {
      const cause = 'no attempt of this browser in the last 10 minutes fits the state of the callback'
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

  /** Where a sign-out goes on at the provider; undefined where it has no such page, or is not known yet. */
  async endSessionUrl(): Promise<URL | undefined> {
    try {
      const configuration = await this.#configuration()
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

  async #redeem(
    query: URLSearchParams,
    { state, nonce, verifier }: { readonly state: string; readonly nonce: string; readonly verifier: string },
  ): Promise<Claims> {
    const configuration = await this.#configuration()
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
    const wanted = [userClaim, groupsClaim].filter(name => name !== undefined)
    const hasAll = wanted.every(name => claims[name] !== undefined)
    if (hasAll || configuration.serverMetadata().userinfo_endpoint === undefined) return claims
    // OpenID Connect Core section 5.4: with a code, most providers have the e-mail address only there
    const { sub, ...more } = await fetchUserInfo(configuration, tokens.access_token, claims.sub)
    return { ...more, ...claims }
  }

  async #configuration(): Promise<Configuration> {
    const { provider, clientId, clientSecret } = this.#options
    const metadata = await provider.metadata(METADATA_FRESH_MILLISECONDS)
    const configuration = new Configuration(
      metadata as unknown as ServerMetadata,
      clientId,
      { [clockTolerance]: TOLERANCE_SECONDS },
      authenticationFor(clientSecret, metadata.token_endpoint_auth_methods_supported),
    )
    configuration.timeout = REQUEST_SECONDS
    configuration[customFetch] = (url, options) => this.#fetch(url, options, metadata.jwks_uri)
    // the signature is verified even though the ID token comes over TLS
    enableNonRepudiationChecks(configuration)
    if (provider.issuer.startsWith('http:')) allowInsecureRequests(configuration)
    return configuration
  }

  /** Keys come from the provider object, which fetches them for the whole process. */
  async #fetch(url: string, options: CustomFetchOptions, keysUrl: string): Promise<Response> {
    const { provider, fetch: get = fetch } = this.#options
    if (url === keysUrl) return Response.json(await provider.keys(true))
    return get(url, options as RequestInit)
  }

  #scopeFor(configuration: Configuration): string {
    const { scopes_supported: supported } = configuration.serverMetadata()
    const { groupsClaim } = this.#options.mapping
    const wanted = ['email', 'profile', ...(groupsClaim === undefined ? [] : ['groups'])]
    // providers refuse a scope that they do not know; one that names none knows those of the standard
    const known = supported ?? ['email', 'profile']
    return ['openid', ...wanted.filter(scope => known.includes(scope))].join(' ')
  }

  #failure(error: unknown, cookies: readonly string[]): FailedSignIn {
    return { problem: problemOf(error), cause: explain(error, this.#now()), cookies }
  }
}

/** RFC 6749 section 2.3.1 has `client_secret_basic` in every provider; some have only the other. */
function authenticationFor(secret: string | undefined, methods: unknown): ClientAuth {
  if (secret === undefined) return None()
  const isPost =
    Array.isArray(methods) &&
    !methods.includes('client_secret_basic') &&
    methods.includes('client_secret_post')
  return isPost ? ClientSecretPost(secret) : ClientSecretBasic(secret)
}

/** @throws Error for names that do not fit into a cookie: some would be lost, and with them what rules say about them. */
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

/** `fetch` failed, or took too long. */
const isNetworkError = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'ERR_PROVIDER' ||
  error instanceof TypeError ||
  ['TimeoutError', 'AbortError'].includes((error as Error).name)

function problemOf(error: unknown): SignInProblem {
  if (error instanceof AuthorizationResponseError) {
    if (['server_error', 'temporarily_unavailable'].includes(error.error)) return 'down'
    return /^(access_denied|(login|consent|interaction|account_selection)_required)$/.test(error.error)
      ? 'denied'
      : 'invalid'
  }
  if (error instanceof ResponseBodyError) return error.status >= 500 ? 'down' : 'invalid'
  const inner = error instanceof ClientError ? (error.cause ?? error) : error
  return isNetworkError(inner) && !(error instanceof ClientError && error.code === 'OAUTH_INVALID_RESPONSE')
    ? 'down'
    : 'invalid'
}

/** A sentence for the log. */
function explain(error: unknown, now: number): string {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const more = error.error_description === undefined ? '' : `: ${error.error_description}`
    return `the provider said ${error.error}${more}`
  }
  const { message, cause } = error as Error
  const { code, message: inner } = (cause ?? {}) as NodeJS.ErrnoException
  const reason = code ?? inner
  const text = reason === undefined ? message : `${message} (${reason})`
  const isTime = /timestamp|expired|"(exp|iat|nbf)"/i.test(text)
  return isTime ? `${text}; is the clock right? It is ${new Date(now).toISOString()} here` : text
}
