// Refuses requests that a page of another site sends with a user's login, and handles CORS for allowed origins.
import { HtpasswdError } from '../../errors.ts'
import type { CannedResponse } from '../basic/responses.ts'
import type { RequestHead } from './request.ts'

/** The parts of a request that tell which page a browser sent it for. */
export interface SiteFacts {
  readonly method: string
  readonly upgrade: boolean
  readonly origin: string | undefined
  /** `Sec-Fetch-Site` (Fetch Metadata): set by the browser alone, over HTTPS and on localhost. */
  readonly fetchSite: string | undefined
  /** The origin under which the client reached the guard. */
  readonly ownOrigin: string
}

/** How the page that sent a request relates to the app: its own, one of an allowed origin, or any other. */
export type Site = 'own' | 'allowed' | 'foreign'

/** RFC 9110 section 9.2.1; a WebSocket handshake is a GET, but opens a channel that a page could use. */
const isSafe = ({ method, upgrade }: SiteFacts): boolean =>
  !upgrade && (method === 'GET' || method === 'HEAD' || method === 'OPTIONS')

/**
 * Which page sent a request. Browsers add the login to whatever a page asks for, so a request that changes something
 * has to come from the app's own page. A program sends neither header and counts as `own`.
 *
 * `Sec-Fetch-Site` decides where it is present: no page can set it, and it stays right where Origin cannot be compared,
 * as with `Referrer-Policy: no-referrer`, which makes Origin `null` (Fetch standard section 3.1), and behind a proxy
 * that changes Host. `none` is a request of no page: the address bar, a bookmark, a browser extension.
 */
export function siteOf({ origin, fetchSite, ownOrigin }: SiteFacts, allowOrigins: ReadonlySet<string>): Site {
  const lower = origin?.toLowerCase()
  if (lower !== undefined && allowOrigins.has(lower)) return 'allowed'
  if (fetchSite !== undefined) return fetchSite === 'same-origin' || fetchSite === 'none' ? 'own' : 'foreign'
  return lower === undefined || lower === ownOrigin ? 'own' : 'foreign'
}

/** Whether the request must be refused: it changes something and comes from a page of another site. */
export const isCrossSite = (facts: SiteFacts, site: Site): boolean => site === 'foreign' && !isSafe(facts)

/** A header's value for a message: printable, and no longer than origins are in practice. */
const quoted = (value: string | undefined): string =>
  value === undefined ? 'none' : value.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)

/**
 * Describes what was compared, and the option that allows it: for the log, and for the person who sees the response.
 */
export function describeCrossSite({ origin, fetchSite }: SiteFacts, host: string): string {
  const facts = `Origin: ${quoted(origin)}, Host: ${quoted(host === '' ? undefined : host)}`
  const site = fetchSite === undefined ? '' : `, Sec-Fetch-Site: ${quoted(fetchSite)}`
  const allow =
    origin === undefined || lacksOwner(origin)
      ? 'a request without an origin of its own cannot be allowed by name'
      : `--allow-origin ${quoted(origin)} allows it`
  return `${facts}${site}; ${allow}; behind another proxy, pass Host on unchanged and use --trust-proxy`
}

/** `null` is the origin of sandboxed pages of every site. */
const lacksOwner = (origin: string): boolean => origin.toLowerCase() === 'null'

/** The CORS headers of a response to an allowed origin (Fetch standard section 3.2). */
export const corsHeaders = (origin: string): Record<string, string> => ({
  'access-control-allow-origin': origin,
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'Retry-After',
  vary: 'Origin',
})

/**
 * The response to a preflight of an allowed origin, without a login, because browsers send none with it (Fetch standard
 * section 4.8); undefined for any other request.
 */
export function preflightOf(
  { method, headers }: RequestHead,
  allowedOrigin: string | undefined,
): CannedResponse | undefined {
  const asked = headers['access-control-request-method']
  if (allowedOrigin === undefined || method !== 'OPTIONS' || asked === undefined) return undefined
  return preflightResponse(
    allowedOrigin,
    asked,
    headers['access-control-request-headers'] as string | undefined,
  )
}

/** The response to a preflight of an allowed origin (Fetch standard section 3.2.2): whatever it asks for is allowed. */
export function preflightResponse(
  origin: string,
  method: string,
  headers: string | undefined,
): CannedResponse {
  const cors = {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': method,
    ...(headers !== undefined && { 'access-control-allow-headers': headers }),
    'access-control-max-age': '600',
    vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  }
  return { status: 204, headers: cors, body: '' }
}

/**
 * Normalises an origin of `allowOrigins`. Apart from `https:` and `http:`, browser extensions and desktop apps have
 * origins of their own (`chrome-extension://…`, `app://obsidian.md`), which are compared as text.
 *
 * @throws HtpasswdError `ERR_OPTION` for anything but a scheme and a host, and for `null` and `*`, which any site has.
 */
export function checkOrigin(origin: string): string {
  const plain = origin.toLowerCase().replace(/\/$/, '')
  const isWeb = /^https?:/.test(plain)
  const isOrigin = isWeb
    ? URL.canParse(plain) && new URL(plain).origin === plain
    : /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._~[\]:-]+$/.test(plain)
  if (!isOrigin) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `"allowOrigins" expected origins like https://notebook.example, got ${JSON.stringify(origin)}`,
    )
  }
  return plain
}
