// The responses that a guard or a middleware sends itself: short text for programs, the same as a page for browsers.
import type { AuthResult } from '../../auth/auth-result.ts'
import { formatChallenge } from './challenge.ts'
import { escapeHtml } from './html.ts'

/** A complete response. Header names are in lower case. */
export interface CannedResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A refusal as the Authenticator gives it. */
export type AuthRefusal = Extract<AuthResult, { ok: false }>

/** Who is told why: by status, in one or two sentences. */
const sentences: Record<AuthRefusal['status'], string> = {
  401: 'The user name or the password is missing or wrong.',
  429: 'Too many failed logins. Wait a few seconds and try again.',
  500: 'The login could not be checked. The log of the guard says why.',
  503: 'Too many logins at once. Try again in a moment.',
}

const titles: Record<AuthRefusal['status'], string> = {
  401: 'Unauthorized',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** Whoever sees it has closed the login prompt: a browser asks again when the page is loaded again. */
const page = (title: string, sentence: string, hint: string): string =>
  `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem}pre{white-space:pre-wrap;opacity:.7}</style>
<h1>${title}</h1>
<p>${sentence} <a href="">Try again</a></p>
<pre>${escapeHtml(hint)}</pre>
</html>
`

/** A response of plain text that no cache may store and no browser may take for HTML. */
export function textResponse(
  status: number,
  text: string,
  headers: Record<string, string> = {},
): CannedResponse {
  return complete(status, 'text/plain; charset=utf-8', `${text}\n`, headers)
}

function complete(
  status: number,
  type: string,
  body: string,
  headers: Record<string, string>,
): CannedResponse {
  const length = String(Buffer.byteLength(body))
  const fixed = { 'content-type': type, 'content-length': length, 'cache-control': 'no-store' }
  return { status, headers: { ...fixed, 'x-content-type-options': 'nosniff', ...headers }, body }
}

/** How refused logins are answered. */
export interface RefusalOptions {
  readonly realm: string
  /** Said behind the 401's own sentence: what a program's user can do. */
  readonly hint?: string | undefined
}

/**
 * Makes the answers to refused logins once, for all requests.
 *
 * @returns the answer to a refusal, as a page where the request's `Accept` names `text/html`.
 */
export function createRefusalResponses({ realm, hint }: RefusalOptions) {
  const challenge = formatChallenge(realm)
  const build = (status: AuthRefusal['status'], html: boolean): CannedResponse => {
    const title = `${status} ${titles[status]}`
    const remedy = status === 401 && hint !== undefined ? hint : ''
    const headers: Record<string, string> = status === 401 ? { 'www-authenticate': challenge } : {}
    if (!html)
      return textResponse(status, `${title}: ${sentences[status]}${remedy && `\n${remedy}`}`, headers)
    headers['content-security-policy'] =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return complete(status, 'text/html; charset=utf-8', page(title, sentences[status], remedy), headers)
  }
  const responses = new Map<string, CannedResponse>()
  for (const status of [401, 429, 500, 503] as const) {
    for (const html of [false, true]) responses.set(`${status} ${html}`, build(status, html))
  }
  return (refusal: AuthRefusal, accept: string | undefined): CannedResponse => {
    const html = accept?.toLowerCase().includes('text/html') === true
    const response = responses.get(`${refusal.status} ${html}`) as CannedResponse
    if (refusal.retryAfter === undefined) return response
    return { ...response, headers: { ...response.headers, 'retry-after': String(refusal.retryAfter) } }
  }
}
