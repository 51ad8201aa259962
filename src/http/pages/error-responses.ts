// Error responses: a page for people, one or two sentences for programs. The request's `Accept` decides, only in this
// file.
import { STATUS_CODES } from 'node:http'
import type { AuthResult } from '../../auth/auth-result.ts'
import { formatChallenge } from '../basic/challenge.ts'
import { escapeHtml } from '../basic/html.ts'
import { type CannedResponse, completeResponse, textResponse } from '../basic/responses.ts'
import { layout } from './page.ts'
import type { ErrorKind } from './texts/page-texts.ts'
import { type Language, texts } from './texts.ts'

/** For programs: what happened and what to do. Programs expect English, whatever the language of the pages. */
const errors: Readonly<Record<ErrorKind, { readonly status: number; readonly text: string }>> = {
  'sign-in': { status: 401, text: 'The user name or password is missing or wrong.' },
  'invalid-token': {
    status: 401,
    text: 'The token is malformed, unknown, expired or revoked, or its user has changed.',
  },
  forbidden: { status: 403, text: 'You have no permission for this request.' },
  'cross-site': {
    status: 403,
    text: 'This request came from a page of another site and would have used your login here.',
  },
  'not-found': { status: 404, text: 'There is no page at this address.' },
  throttled: { status: 429, text: 'Too many failed logins. Wait a few seconds and try again.' },
  fault: {
    status: 500,
    text: 'The password could not be checked because of an error on the server. Its log has the reason.',
  },
  busy: {
    status: 503,
    text: 'Too many passwords are being checked at the moment. Try again in a few seconds.',
  },
  connections: {
    status: 503,
    text: 'Too many connections from your address are open without a login. Try again in a few seconds.',
  },
  'app-unreachable': {
    status: 502,
    text: 'The app behind this server is not reachable. Is it running?',
  },
  'app-tls': { status: 502, text: 'The app behind this server is reachable, but not over TLS.' },
  'app-lost': {
    status: 502,
    text: 'The app behind this server closed the connection without a response.',
  },
  'app-invalid': {
    status: 502,
    text: 'The app behind this server sent a response that cannot be passed on.',
  },
  'app-timeout': { status: 504, text: 'The app behind this server did not respond in time.' },
  'app-busy': {
    status: 503,
    text: 'Too many requests are in flight to the app behind this server. Try again in a moment.',
  },
}

/** The options of all error responses. */
export interface ErrorResponseOptions {
  /** The realm of the challenge, which a login prompt may show. */
  readonly realm: string
  /** Appended to the text of a 401: advice for the user of a program. It is not on the page. */
  readonly hint?: string | undefined
  /** The contact on the pages: a name, an e-mail address or a URL. */
  readonly contact?: string | undefined
  /** The language of the pages. Default: `en`. */
  readonly lang?: Language | undefined
}

/** The details of one error. */
interface ErrorFacts {
  /** The technical cause, for the person who runs the server. */
  readonly cause?: string | undefined
  /** The value of `Retry-After`, in seconds. */
  readonly retryAfter?: number | undefined
  /** Further headers; they replace those of the kind. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Builds the response: a page if the request's `Accept` names `text/html`, else plain text, or JSON for `forbidden`. */
export type ErrorResponder = (
  kind: ErrorKind,
  accept: string | undefined,
  facts?: ErrorFacts,
) => CannedResponse

/** RFC 6750 section 3. Without a realm: the sender of a token is told only that it is wrong. */
const BEARER_CHALLENGE = 'Bearer error="invalid_token"'

/** Whether a request's `Accept` is that of a browser that shows a page. */
export const wantsPage = (accept: string | undefined): boolean =>
  accept?.toLowerCase().includes('text/html') === true

/** Responses without a cause are built once for all requests. @throws HtpasswdError `ERR_OPTION` for an invalid realm. */
export function createErrorResponses(options: ErrorResponseOptions): ErrorResponder {
  const challenges: Partial<Record<ErrorKind, Readonly<Record<string, string>>>> = {
    'sign-in': { 'www-authenticate': formatChallenge(options.realm) },
    'invalid-token': { 'www-authenticate': BEARER_CHALLENGE },
  }
  const built = new Map<string, CannedResponse>()
  const build = (kind: ErrorKind, html: boolean, cause: string | undefined): CannedResponse => {
    const headers = challenges[kind] ?? {}
    if (html) return errorPage(kind, cause, options, headers)
    const { status, text } = errors[kind]
    if (kind === 'forbidden') return forbiddenJson(cause ?? text)
    const more = [cause, status === 401 ? options.hint : undefined].filter(line => line !== undefined)
    return textResponse(status, [`${status} ${STATUS_CODES[status]}: ${text}`, ...more].join('\n'), headers)
  }
  return (kind, accept, { cause, retryAfter, headers } = {}) => {
    const html = wantsPage(accept)
    const key = `${kind} ${html}`
    const response = (cause === undefined && built.get(key)) || build(kind, html, cause)
    if (cause === undefined) built.set(key, response)
    if (retryAfter === undefined && headers === undefined) return response
    const retry = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
    return { ...response, headers: { ...response.headers, ...retry, ...headers } }
  }
}

/** The form of errors in MLflow's REST API: its client raises the message as its own, and its UI shows it. */
const forbiddenJson = (message: string): CannedResponse =>
  completeResponse(
    403,
    'application/json',
    `${JSON.stringify({ error_code: 'PERMISSION_DENIED', message })}\n`,
    {},
  )

function errorPage(
  kind: ErrorKind,
  cause: string | undefined,
  { contact, lang = 'en' }: ErrorResponseOptions,
  headers: Readonly<Record<string, string>>,
): CannedResponse {
  const { status } = errors[kind]
  const { defaultContact, errors: texted, signIn, tryAgain, newTab, detail } = texts[lang]
  const { title, text, advice, ask } = texted[kind]
  // a browser asks for the password again when the page is loaded again
  const button = kind === 'sign-in' ? signIn : tryAgain
  // browsers ask for no password in a frame of another site, such as MLflow's trace view in a notebook
  const tab = kind === 'sign-in' ? `<a href="" target="_blank" rel="noopener">${escapeHtml(newTab)}</a>` : ''
  const hasButton = !['invalid-token', 'forbidden', 'cross-site', 'not-found'].includes(kind)
  const person = contact === undefined ? escapeHtml(defaultContact) : contactLink(contact)
  const body = [
    `<p>${escapeHtml(text)}${advice && ` ${escapeHtml(advice)}`}</p>`,
    hasButton ? `<p class="actions"><a class="button" href="">${escapeHtml(button)}</a>${tab}</p>` : '',
    `<p>${escapeHtml(ask).replace('{contact}', () => person)}</p>`,
    cause === undefined ? '' : `<p class="small">${escapeHtml(detail)} ${escapeHtml(cause)}</p>`,
    `<p class="small end">${status} ${STATUS_CODES[status]}</p>`,
  ]
  return layout(title, body.filter(part => part !== '').join('\n'), { lang, status, headers, frames: true })
}

/** An e-mail address and a URL are links; anything else is text. */
export function contactLink(contact: string): string {
  const shown = escapeHtml(contact)
  if (/^https?:\/\/\S+$/.test(contact)) return `<a href="${shown}">${shown}</a>`
  return /^[^\s@<>?&]+@[^\s@<>?&]+$/.test(contact) ? `<a href="mailto:${shown}">${shown}</a>` : shown
}

type AuthRefusal = Extract<AuthResult, { ok: false }>

const kindByStatus: Readonly<Record<AuthRefusal['status'], ErrorKind>> = {
  401: 'sign-in',
  429: 'throttled',
  500: 'fault',
  503: 'busy',
}

/** The error of a refused login. */
export const refusalKind = ({ status, reason }: Pick<AuthRefusal, 'status' | 'reason'>): ErrorKind =>
  reason === 'invalid-token' ? reason : kindByStatus[status]
