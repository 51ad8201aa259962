// Refuses what other sites' pages would do with a user's login, and answers the origins that may.

/** The parts of a request that tell where a browser's request comes from. */
export interface SiteFacts {
  readonly method: string
  readonly upgrade: boolean
  readonly origin: string | undefined
  /** `Sec-Fetch-Site`: browsers set it, pages cannot (Fetch Metadata). Only over HTTPS and on localhost. */
  readonly fetchSite: string | undefined
  /** The origin that the client asked, as the guard knows it. */
  readonly ownOrigin: string
}

/** How a request relates to the guarded app. */
export type Site = 'own' | 'allowed' | 'foreign'

/** RFC 9110 section 9.2.1; a handshake of WebSocket is a GET, but opens a channel that any page could use. */
const isSafe = ({ method, upgrade }: SiteFacts): boolean =>
  !upgrade && (method === 'GET' || method === 'HEAD' || method === 'OPTIONS')

const hostOf = (origin: string): string => origin.slice(origin.indexOf('://') + 3)

/**
 * Where a request comes from. Browsers send the login with whatever a page asks, so for methods that change something
 * the page has to be the app's own; a program sends neither header and is `own`.
 *
 * Origin and Sec-Fetch-Site must both agree. `same-origin` from the browser also covers a scheme that the guard cannot
 * know, where TLS ends in front of it.
 */
export function siteOf(facts: SiteFacts, allowOrigins: ReadonlySet<string>): Site {
  const { origin, fetchSite, ownOrigin } = facts
  if (origin !== undefined && allowOrigins.has(origin.toLowerCase())) return 'allowed'
  const sameOrigin = fetchSite === 'same-origin'
  const ownFetch = fetchSite === undefined || sameOrigin || fetchSite === 'none'
  if (origin === undefined) return ownFetch ? 'own' : 'foreign'
  const lower = origin.toLowerCase()
  const own = lower === ownOrigin || (sameOrigin && hostOf(lower) === hostOf(ownOrigin))
  return own && ownFetch ? 'own' : 'foreign'
}

/** Whether the request must be refused: it changes something and comes from another site. */
export const isCrossSite = (facts: SiteFacts, site: Site): boolean => site === 'foreign' && !isSafe(facts)

/** The answer to a preflight (Fetch standard section 3.2.2) of an allowed origin: whatever it asks for, for it alone. */
export function preflightHeaders(
  origin: string,
  method: string,
  headers: string | undefined,
): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': method,
    ...(headers !== undefined && { 'access-control-allow-headers': headers }),
    'access-control-max-age': '600',
    vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  }
}
