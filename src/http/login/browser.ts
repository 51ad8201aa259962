// Distinguishes a browser that opens a page, which can be redirected to the sign-in page, from all other clients.
import type { IncomingHttpHeaders } from 'node:http'

/**
 * What a request without a login gets.
 *
 * - `sign-in`: a browser opens a page: it is redirected to the sign-in page.
 * - `frame`: the same within another page, where it can show neither the sign-in page (which no page may frame) nor a
 *   dialog: a page with a link.
 * - `script`: a page's script, or a part of a page: 401 as JSON without a Basic challenge, at which a browser would open
 *   its password dialog over the app.
 * - `program`: 401 with the challenge, as without a sign-in page.
 */
export type Requester = 'sign-in' | 'frame' | 'script' | 'program'

/** The parts of a request that tell which client sent it. */
export interface RequesterFacts {
  readonly method: string
  readonly upgrade: boolean
  readonly headers: IncomingHttpHeaders
}

/** By `Sec-Fetch-Dest` (Fetch Metadata section 2.1). */
const pages: ReadonlyMap<string, Requester> = new Map([
  ['document', 'sign-in'],
  ['iframe', 'frame'],
  ['frame', 'frame'],
])

/** Headers of a page's scripts and parts, also over http; no program sends them by itself. */
const scriptHeaders = ['x-requested-with', 'origin', 'referer'] as const

/**
 * Which of them a request without a login is from. A redirect would turn a script's or program's request into a page
 * that it cannot read, and would lose what a POST brings.
 *
 * Browsers send `Sec-Fetch-…` to https and localhost only, so on a LAN over http `Accept` decides: curl, Python, Go and
 * MLflow's client send `*\/*` or JSON, browsers name `text/html` when they open a page.
 */
export function requesterOf({ method, upgrade, headers }: RequesterFacts): Requester {
  // wrong credentials get the challenge of their own kind
  if (headers.authorization !== undefined || headers['x-mlflow-authorization'] !== undefined) return 'program'
  if (upgrade) return 'script'
  const opensPage = method === 'GET' || method === 'HEAD'
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination, 'sec-fetch-site': site } = headers
  if (mode !== undefined || destination !== undefined || site !== undefined) {
    if (!opensPage || mode !== 'navigate') return 'script'
    return pages.get(String(destination ?? 'document')) ?? 'script'
  }
  const accept = headers.accept?.toLowerCase() ?? ''
  if (opensPage && accept.includes('text/html') && headers['x-requested-with'] === undefined) return 'sign-in'
  return scriptHeaders.some(name => headers[name] !== undefined) ? 'script' : 'program'
}
