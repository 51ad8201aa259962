// The responses that a guard or a middleware sends itself: short text for programs, the same as a page for browsers.
import type { AuthResult } from '../../auth/auth-result.ts'
import { formatChallenge } from './challenge.ts'
import { escapeHtml } from './html.ts'

/** A complete response. Header names are in lower case. */
export interface CannedResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[]
  readonly body: string
}

/** A refusal of an Authenticator. */
type AuthRefusal = Extract<AuthResult, { ok: false }>

const titles: Record<AuthRefusal['status'], string> = {
  401: 'Unauthorized',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** What happened and what to do, in one or two sentences. */
const sentences: Record<AuthRefusal['status'], string> = {
  401: 'The user name or password is missing or wrong.',
  429: 'Too many failed logins. Wait a few seconds and try again.',
  500: 'The password could not be checked because of an error on the server. Its log has the reason.',
  503: 'Too many passwords are being checked at the moment. Try again in a few seconds.',
}

// A browser asks for the password again when the page is loaded again. In a frame of another site it never asks, but
// it does in a tab of its own.
const page = (title: string, sentence: string, hint: string): string =>
  `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem}pre{white-space:pre-wrap;opacity:.7}</style>
<h1>${title}</h1>
<p>${sentence}</p>
<p><a href="">Try again</a>. If this is part of another page, <a href="" target="_blank" rel="noopener">log in in a new tab</a>.</p>
<pre>${escapeHtml(hint)}</pre>
</html>
`

// The page may be shown in a frame: there is nothing on it that a click could give away, and a browser that is not
// allowed to show it says "refused to connect".
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** A response of plain text that no cache may store and no browser may take for HTML. */
export function textResponse(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): CannedResponse {
  return complete(status, 'text/plain; charset=utf-8', `${text}\n`, headers)
}

function complete(
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): CannedResponse {
  const length = String(Buffer.byteLength(body))
  const fixed = { 'content-type': type, 'content-length': length, 'cache-control': 'no-store' }
  return { status, headers: { ...fixed, 'x-content-type-options': 'nosniff', ...headers }, body }
}

/** What the responses to refused logins say. */
export interface RefusalOptions {
  /** What the login prompt may show. */
  readonly realm: string
  /** Appended to the text of a 401: what the user of a program can do. */
  readonly hint?: string | undefined
}

/** The response to a refused login: a page where the request's `Accept` names `text/html`, else plain text. */
export type RefusalResponder = (refusal: AuthRefusal, accept: string | undefined) => CannedResponse

/** Builds the responses to refused logins once, for all requests. */
export function createRefusalResponses({ realm, hint = '' }: RefusalOptions): RefusalResponder {
  const challenge = formatChallenge(realm)
  const build = (status: AuthRefusal['status'], html: boolean): CannedResponse => {
    const title = `${status} ${titles[status]}`
    const remedy = status === 401 ? hint : ''
    const headers = status === 401 ? { 'www-authenticate': challenge } : {}
    if (!html)
      return textResponse(status, `${title}: ${sentences[status]}${remedy && `\n${remedy}`}`, headers)
    const body = page(title, sentences[status], remedy)
    return complete(status, 'text/html; charset=utf-8', body, {
      ...headers,
      'content-security-policy': PAGE_POLICY,
    })
  }
  const both = (status: AuthRefusal['status']) => ({ text: build(status, false), html: build(status, true) })
  const responses = { 401: both(401), 429: both(429), 500: both(500), 503: both(503) }
  return (refusal, accept) => {
    const html = accept?.toLowerCase().includes('text/html') === true
    const response = responses[refusal.status][html ? 'html' : 'text']
    if (refusal.retryAfter === undefined) return response
    return { ...response, headers: { ...response.headers, 'retry-after': String(refusal.retryAfter) } }
  }
}
