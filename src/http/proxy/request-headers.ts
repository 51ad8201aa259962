// The header fields sent to the app: the client's, except those that it may not set, and the guard's own.
import { withoutSessionCookies } from '../../auth/sessions/session-cookie.ts'
import type { ByteString } from '../../bytes.ts'
import { type ClientFacts, originOf } from '../guard/client-address.ts'
import type { CredentialsHeader } from '../guard/request.ts'
import { requestAddresses, toUpstreamAddress, type UpstreamAddressFacts } from './address-headers.ts'
import {
  connectionOptions,
  groupsValue,
  hopByHop,
  isIdentityHeader,
  isUnderscoreAlias,
  memoizeByName,
  withoutAliases,
} from './header-lists.ts'

/** How a guard writes upstream headers; fixed for its life. */
export interface RequestHeaderOptions {
  /** The upstream's authority, sent as Host. */
  readonly upstreamHost: string
  /** The upstream's origin, sent as Origin for the app's own pages. */
  readonly upstreamOrigin: string
  /** `/mlflow`, or empty. */
  readonly prefix: string
  readonly preserveHost: boolean
  /** Whether the app gets the public address in X-Forwarded-Host and X-Forwarded-Proto. */
  readonly forwardedHost: boolean
  readonly forwardAuth: boolean
  readonly userHeader: string | undefined
  readonly groupsHeader: string | undefined
  /** Whether to remove session cookies, which the app must not get. */
  readonly hasSessions?: boolean
  /** Further fields of clients that are dropped. */
  readonly dropHeaders: readonly string[]
}

/** The facts about one request. */
export interface RequestHeaderFacts {
  readonly rawHeaders: readonly string[]
  readonly connection: string | undefined
  /** The Host field, or empty. */
  readonly host: string
  /** The client as the guard sees it. */
  readonly client: ClientFacts
  /** The id of the request: a trusted proxy's or the guard's, never the client's. */
  readonly requestId: string
  readonly origin: string | undefined
  /** Whether Origin is the app's own or an allowed one. */
  readonly trustedOrigin: boolean
  /** `Sec-Fetch-Site`, which browsers set and pages cannot. */
  readonly fetchSite: string | undefined
  /** The user's name; undefined for a request without a login. */
  readonly username: ByteString | undefined
  /** The user's groups; undefined for a request without a login, and if the app does not get them. */
  readonly groups: readonly string[] | undefined
  /** The field whose credentials were verified; undefined for a request without a login. */
  readonly credentialsHeader: CredentialsHeader | undefined
  /** Whether the verified credentials are a personal access token. */
  readonly isToken: boolean
}

/** Writes the upstream header of one request, as a flat list of names and values. */
export type RequestHeaderWriter = (facts: RequestHeaderFacts) => string[]

type Rule = 'keep' | 'drop' | 'origin' | 'cookie' | 'address' | CredentialsHeader

/** Fields with a rule of their own; hop-by-hop and identity fields are dropped, others kept. */
const ruleByName: ReadonlyMap<string, Rule> = new Map([
  ['host', 'drop'],
  ['content-length', 'drop'],
  ['x-request-id', 'drop'],
  ['origin', 'origin'],
  ['authorization', 'authorization'],
  ['x-mlflow-authorization', 'x-mlflow-authorization'],
  ...[...requestAddresses.keys()].map(name => [name, 'address'] as const),
])

/** Makes the writer of upstream headers. */
export function requestHeaderWriter(options: RequestHeaderOptions): RequestHeaderWriter {
  const { upstreamHost, upstreamOrigin, prefix, preserveHost, forwardedHost, userHeader, groupsHeader } =
    options
  const upstreamScheme = upstreamOrigin.slice(0, upstreamOrigin.indexOf(':'))
  const dropped = new Set(
    [...options.dropHeaders, userHeader, groupsHeader].filter(name => name !== undefined).map(withoutAliases),
  )
  const forwardsCredentials = credentialsRule(options.forwardAuth)

  const ruleOf = memoizeByName<Rule>(name => {
    if (name === 'cookie' && options.hasSessions) return 'cookie'
    if (isUnderscoreAlias(name) || dropped.has(name) || hopByHop.has(name)) return 'drop'
    return ruleByName.get(name) ?? (isIdentityHeader(name) ? 'drop' : 'keep')
  })

  return facts => {
    const { rawHeaders, client, trustedOrigin } = facts
    const listed = connectionOptions(facts.connection)
    const host = preserveHost && facts.host !== '' ? facts.host : upstreamHost
    // The scheme has to match the host that the app gets: MLflow would build https://127.0.0.1:5000 from the public
    // scheme.
    const scheme = preserveHost || forwardedHost ? client.scheme : upstreamScheme
    // The guard's fields come first: servers drop what exceeds their limit of fields (Node beyond 2000), and a client
    // could push the last ones out. X-Forwarded-For is one line, the guard's: uvicorn trusts the last of several, and
    // MLflow's Assistant is open to "127.0.0.1".
    const headers = ['Host', host, 'X-Forwarded-For', client.address, 'X-Forwarded-Proto', scheme]
    headers.push('X-Request-Id', facts.requestId)
    if (forwardedHost) headers.push('X-Forwarded-Host', client.host)
    if (userHeader !== undefined && facts.username !== undefined) {
      headers.push(userHeader, facts.username)
    }
    if (groupsHeader !== undefined && facts.groups !== undefined)
      headers.push(groupsHeader, groupsValue(facts.groups))
    let addressFacts: UpstreamAddressFacts | undefined
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i] as string
      const value = rawHeaders[i + 1] as string
      const rule = ruleOf(name)
      if (rule === 'drop' || listed?.has(name.toLowerCase())) continue
      if (rule === 'keep') headers.push(name, value)
      else if (rule === 'origin') {
        // MLflow accepts only loopback origins over http as its own; only an origin that was checked may become one
        headers.push(name, trustedOrigin && !preserveHost ? upstreamOrigin : value)
      } else if (rule === 'cookie') {
        const rest = withoutSessionCookies(value)
        if (rest !== undefined) headers.push(name, rest)
      } else if (rule === 'address') {
        addressFacts ??= { isOwnOrigin: ownOrigins(facts), appOrigin: `${scheme}://${host}`, prefix }
        headers.push(name, rewriteAddress(name, value, addressFacts))
      } else if (forwardsCredentials(rule, value, facts)) headers.push(name, value)
    }
    return headers
  }
}

function rewriteAddress(name: string, value: string, facts: UpstreamAddressFacts): string {
  const rewrite = requestAddresses.get(name.toLowerCase())
  return rewrite?.(value, address => toUpstreamAddress(address, facts)) ?? value
}

/**
 * Whether an origin is the guard's. If TLS ends in front of the guard, the guard does not know the public scheme; then
 * a browser's `same-origin`, or the checked Origin, decides.
 */
function ownOrigins({
  client,
  origin,
  trustedOrigin,
  fetchSite,
}: RequestHeaderFacts): (origin: string) => boolean {
  const own = new Set([originOf(client)])
  if (trustedOrigin && origin !== undefined) own.add(origin.toLowerCase())
  if (fetchSite === 'same-origin') {
    for (const scheme of ['http', 'https']) own.add(originOf({ scheme, host: client.host }))
  }
  return candidate => own.has(candidate)
}

/**
 * Credentials of this guard in an `Authorization` field: a client may be configured to send them with every request.
 */
const OWN_CREDENTIALS = /^basic\b|^bearer +htk_/i

/**
 * The credentials that reach the app. With `forwardAuth` only those that the guard verified, because an app that reads
 * a user from others could be deceived. Without it none, because an app could hand the password on (MLflow issue
 * 25108); if the login was in X-MLflow-Authorization, `Authorization` holds the key of a model provider and is kept.
 * The app never gets a token, because a token is not a login of the app.
 */
function credentialsRule(forwardAuth: boolean) {
  return (
    field: CredentialsHeader,
    value: string,
    { credentialsHeader, isToken }: RequestHeaderFacts,
  ): boolean => {
    if (forwardAuth) return field === credentialsHeader && !isToken
    const isProviderKey = field === 'authorization' && credentialsHeader === 'x-mlflow-authorization'
    return isProviderKey && !OWN_CREDENTIALS.test(value)
  }
}
