// The endpoints for other proxies: `/.htpasswd/auth/NAME` says who sent a request and whether they may, and the proxy
// forwards it. Each proxy has its own path, because each names the original request in other headers, and those of
// another proxy must not be believed (CVE-2026-40575).
import type { Identity } from '../../auth/identity.ts'
import { SessionIdentity } from '../../auth/sessions/session-identity.ts'
import { HtpasswdError } from '../../errors.ts'
import { type CannedResponse, textResponse } from '../basic/responses.ts'
import { groupsValue } from '../proxy/header-lists.ts'
import { type ClientFacts, originOf } from './client-address.ts'
import type { RequestFacts, RequestHead } from './request.ts'

/** The proxies that can ask. */
export type ProxyName = 'nginx' | 'haproxy' | 'traefik' | 'caddy' | 'envoy'

/** How a proxy asks, and what it does with the response. */
interface Row {
  /**
   * The headers with the original method and target; undefined if the request itself has them, after the endpoint's
   * path.
   */
  readonly names: readonly [method: string, target: string] | undefined
  /** Whether the proxy relays the whole response to the client; otherwise it only learns 401 or 403. */
  readonly relays: boolean
}

const forwarded = ['x-forwarded-method', 'x-forwarded-uri'] as const
const original = ['x-original-method', 'x-original-uri'] as const

/**
 * nginx's `auth_request` relays 401 and 403 only; anything else is a 500. Traefik's forwardAuth, Caddy's forward_auth
 * and Envoy's ext_authz relay the response. HAProxy's Lua script reports the status only.
 */
const rows: Readonly<Record<ProxyName, Row>> = {
  nginx: { names: original, relays: false },
  haproxy: { names: original, relays: false },
  traefik: { names: forwarded, relays: true },
  caddy: { names: forwarded, relays: true },
  envoy: { names: undefined, relays: true },
}

/** The names of the proxies. */
export const proxyNames = Object.keys(rows) as ProxyName[]

const FOLDER = '/.htpasswd/auth/'
const FOLDER_AND_NAME = /^\/\.htpasswd\/auth\/[^/?]*/

/** What a proxy asks about. */
export interface Question {
  readonly proxy: ProxyName
  /** The original request. */
  readonly head: RequestHead
}

/** The question of a proxy, an error response if it is invalid, or undefined for a request to any other path. */
export type ReadQuestion = (head: RequestHead, facts: RequestFacts) => Question | CannedResponse | undefined

const untrusted = textResponse(
  403,
  '403 Forbidden: Only a proxy that --trust-proxy names may ask here. This request came from elsewhere.',
)
const unusable = (names: readonly string[]): CannedResponse =>
  textResponse(
    400,
    `400 Bad Request: Expected exactly one ${names.join(' and one ')} with the original request, and none of another proxy's.`,
  )

/** Makes the function that reads the questions of the allowed proxies. */
export function createReadQuestion(proxies: ReadonlySet<ProxyName>): ReadQuestion {
  const byPath = new Map(Array.from(proxies, name => [FOLDER + name, name]))
  return (head, { client }) => {
    const { method, url = '', httpVersion, headers } = head
    if (!url.startsWith(FOLDER)) return undefined
    const path = FOLDER_AND_NAME.exec(url)?.[0] ?? ''
    const proxy = byPath.get(path)
    if (proxy === undefined) return undefined
    if (!client.proxied) return untrusted
    const { names } = rows[proxy]
    if (names === undefined) {
      const target = url.slice(path.length)
      return target.startsWith('/')
        ? { proxy, head: { method, url: target, httpVersion, headers } }
        : unusable(['path'])
    }
    const asked = only(head, names[0])
    const target = only(head, names[1])
    const others = names === forwarded ? original : forwarded
    const isMixed = headers[others[0]] !== undefined || headers[others[1]] !== undefined
    if (asked === undefined || target === undefined || isMixed || !/^[A-Z]{1,32}$/.test(asked))
      return unusable(names)
    return { proxy, head: { method: asked, url: target, httpVersion, headers } }
  }
}

/**
 * The value of a header that is present once. node:http joins repeated ones with ", ", which a target may also contain.
 */
function only(head: RequestHead, name: string): string | undefined {
  const value = head.headers[name]
  if (typeof value !== 'string') return undefined
  return value.includes(', ') && head.headersDistinct?.[name]?.length !== 1 ? undefined : value
}

/** The response headers that name the user. */
export interface AnswerOptions {
  readonly userHeader: string
  readonly groupsHeader: string
  /** All groups of a user. */
  readonly groupsOf: (identity: Identity) => readonly string[]
}

/**
 * The response for an allowed request. It always names the user and the groups, `-` for none: a proxy that only
 * overwrites headers would otherwise keep what the client sent under these names (CVE-2026-30851). A session cookie
 * that is due for renewal is issued again, and the proxy can pass it on.
 */
export function allowedAnswer(
  identity: Identity,
  { userHeader, groupsHeader, groupsOf }: AnswerOptions,
): CannedResponse {
  const headers = {
    'content-length': '0',
    'cache-control': 'no-store',
    [userHeader]: identity.username,
    [groupsHeader]: groupsValue(groupsOf(identity)) || '-',
  }
  const cookie = identity instanceof SessionIdentity ? identity.renew() : undefined
  // no proxy reads the body, and writing one would cost a tenth of the request
  const response = { status: 200, headers, body: '' }
  return cookie === undefined ? response : { ...response, cookies: [cookie] }
}

/** The response for a request that is refused or sent to the sign-in page, in a form that the proxy relays. */
export function refusedAnswer(
  proxy: ProxyName,
  response: CannedResponse,
  client: ClientFacts,
): CannedResponse {
  const { status, headers } = response
  if (rows[proxy].relays) {
    // Traefik resolves a relative Location against the guard's own address, which the client may not reach
    const { location } = headers
    if (location?.startsWith('/') !== true) return response
    return { ...response, headers: { ...headers, location: originOf(client) + location } }
  }
  if (status >= 500) return response
  // nginx's `error_page 401 = @login` redirects the browser there
  if (status >= 300 && status < 400)
    return textResponse(401, '401 Unauthorized', { 'x-htpasswd-login': headers.location ?? '' })
  if (status === 400 || status === 401 || status === 403) return response
  return { ...response, status: 403 }
}

/** @throws HtpasswdError `ERR_OPTION` for a proxy that is not known. */
export function checkProxyName(name: string): ProxyName {
  if (Object.hasOwn(rows, name)) return name as ProxyName
  throw new HtpasswdError(
    'ERR_OPTION',
    `"authEndpoints" expected ${proxyNames.join(', ')}, got ${JSON.stringify(name)}`,
  )
}
