// This server as a client of a provider: how it authenticates, what it asks for, and how it reaches the provider.
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  type CustomFetchOptions,
  clockSkew,
  clockTolerance,
  customFetch,
  enableNonRepudiationChecks,
  None,
  type ServerMetadata,
} from 'openid-client'
import type { Provider } from './provider.ts'
import { TOLERANCE_SECONDS } from './signed-token.ts'

/** A client that is registered at a provider. */
export interface ClientOptions {
  readonly provider: Provider
  readonly clientId: string
  /** Undefined for a public client, which PKCE alone protects. */
  readonly clientSecret: string | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
  /** `fetch`, or one of a test. */
  readonly fetch?: typeof fetch | undefined
}

const REQUEST_SECONDS = 5
/** How long the discovery document is used before it is fetched again. */
const METADATA_FRESH_MILLISECONDS = 60_000

/** The provider's discovery document, fetched again once it is a minute old. @throws HtpasswdError `ERR_PROVIDER` */
export const metadataOf = (provider: Provider) => provider.metadata(METADATA_FRESH_MILLISECONDS)

/**
 * The configuration of openid-client for each request. @throws HtpasswdError `ERR_PROVIDER` while the provider cannot
 * be reached.
 */
export async function configure(options: ClientOptions): Promise<Configuration> {
  const { provider, clientId, clientSecret, now = Date.now } = options
  const metadata = await metadataOf(provider)
  const configuration = new Configuration(
    metadata as unknown as ServerMetadata,
    clientId,
    { [clockTolerance]: TOLERANCE_SECONDS, [clockSkew]: Math.round((now() - Date.now()) / 1000) },
    authenticationFor(clientSecret, metadata.token_endpoint_auth_methods_supported),
  )
  configuration.timeout = REQUEST_SECONDS
  configuration[customFetch] = (url, request) => fetchFor(options, url, request, metadata.jwks_uri)
  // the signature is verified even though the ID token comes over TLS
  enableNonRepudiationChecks(configuration)
  if (provider.issuer.startsWith('http:')) allowInsecureRequests(configuration)
  return configuration
}

/** Keys come from the provider object, which fetches them for the whole process. */
async function fetchFor(
  { provider, fetch: get = fetch }: ClientOptions,
  url: string,
  request: CustomFetchOptions,
  keysUrl: string,
): Promise<Response> {
  if (url === keysUrl) return Response.json(await provider.keys(true))
  return get(url, request as RequestInit)
}

/** RFC 6749 section 2.3.1 requires `client_secret_basic` of every provider; some have only the other. */
function authenticationFor(secret: string | undefined, methods: unknown): ClientAuth {
  if (secret === undefined) return None()
  const isPost =
    Array.isArray(methods) &&
    !methods.includes('client_secret_basic') &&
    methods.includes('client_secret_post')
  return isPost ? ClientSecretPost(secret) : ClientSecretBasic(secret)
}

/** The scopes to ask for. Providers refuse a scope that they do not know; one that lists none knows those of the standard. */
export function scopeFor(configuration: Configuration, groupsClaim: string | undefined): string {
  const { scopes_supported: known = ['email', 'profile'] } = configuration.serverMetadata()
  const wanted = ['email', 'profile', ...(groupsClaim === undefined ? [] : ['groups'])]
  return ['openid', ...wanted.filter(scope => known.includes(scope))].join(' ')
}
