// The access log: one line for each request, as text, JSON or Apache's format. It is never given a password, so it cannot
// leak one.
import type { CredentialKind } from '../../auth/identity.ts'

/** One finished request. */
export interface AccessLogEntry {
  /** When the request arrived. */
  readonly time: Date
  /** The client's address without a port; behind a trusted proxy, the one that the proxy reports. */
  readonly address: string
  /** The user whose password was right. */
  readonly user: string | undefined
  /**
   * The existing user that a failed login named. An unknown name is not logged, because people type passwords into the
   * name field.
   */
  readonly attempted?: string | undefined
  /** What kind of credentials the user had: `password`, `token`, `session` or `jwt`. */
  readonly kind?: CredentialKind | undefined
  /** Credentials other than a password: `token:3fK9aQ2x` names a personal access token by its id. */
  readonly credentials?: string | undefined
  /** The request method; `-` if the request could not be parsed. */
  readonly method: string
  /** The request target without its query. */
  readonly path: string
  /** The status that was sent; 0 if the connection ended before a response. */
  readonly status: number
  /** Bytes of the response body that were sent. */
  readonly bytes: number
  /** From the end of the request's head to the end of the response. */
  readonly milliseconds: number
  /** Whether the response was cut off: the client disconnected, or the upstream failed half-way. */
  readonly aborted: boolean
  /**
   * Why the guard responded itself: `rejected`, `cross-site`, `upstream-down` …; undefined for a response of the app.
   */
  readonly reason: string | undefined
  /** Details that `reason` does not give: `ECONNREFUSED`, `Origin: https://other.example, Host: …` */
  readonly cause?: string | undefined
  /** The class of request that the user was not allowed: `read`, `write`, `use` or `admin`. */
  readonly class?: string | undefined
  /** The id of the request, as the app got it in `X-Request-Id`. */
  readonly requestId?: string | undefined
  /** The HTTP version of the request: `1.1`. */
  readonly httpVersion?: string | undefined
  /** The `Referer` of the request without its query, in which other apps may have secrets. */
  readonly referer?: string | undefined
  /** The `User-Agent` of the request. */
  readonly userAgent?: string | undefined
}

/** The entry for a connection without a valid request: it has no target, user or duration. */
export const logEntryWithoutRequest = (
  known: Pick<AccessLogEntry, 'address' | 'reason' | 'cause'> & Partial<AccessLogEntry>,
): AccessLogEntry => ({
  time: new Date(),
  user: undefined,
  method: '-',
  path: '-',
  milliseconds: 0,
  status: 0,
  bytes: 0,
  aborted: false,
  ...known,
})

/** The forms of an access log line. */
export const accessLogFormats = ['text', 'json', 'combined', 'off'] as const

/** `text` for people, `json` for programs (one object a line), `combined` as Apache's, `off` for none. */
export type AccessLogFormat = (typeof accessLogFormats)[number]

// a user name or path must neither begin a new line nor send escape sequences to a terminal
const visible = (text: string): string =>
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029"\\]/g,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/**
 * Formats an entry as one line, without its newline.
 *
 * Text has time, address, user, method, path, status, bytes, duration and, where there is one, the token's id, the reason
 * why the guard responded itself, and the existing user of a failed login. `combined` is Apache's format, in UTC.
 *
 * @example
 * ```js
 * import { formatAccessLogEntry } from 'htpasswd-kit'
 *
 * const entry = {
 *   time: new Date(0),
 *   address: '192.0.2.7',
 *   user: 'alice',
 *   method: 'GET',
 *   path: '/page',
 *   status: 200,
 *   bytes: 11,
 *   milliseconds: 4.2,
 *   aborted: false,
 *   reason: undefined,
 * }
 * console.log(formatAccessLogEntry(entry, 'text'))
 * ```
 *
 * ```text
 * 1970-01-01T00:00:00.000Z 192.0.2.7 alice GET /page 200 11B 4.2ms
 * ```
 */
export function formatAccessLogEntry(entry: AccessLogEntry, format: Exclude<AccessLogFormat, 'off'>): string {
  if (format === 'combined') return combined(entry)
  const milliseconds = Math.round(entry.milliseconds * 10) / 10
  if (format === 'json') {
    const { time, user, reason, cause, ...rest } = entry
    return JSON.stringify({
      time: time.toISOString(),
      user: user ?? null,
      ...rest,
      milliseconds,
      reason: reason ?? null,
      cause: cause ?? null,
    })
  }
  const user = entry.user === undefined ? '-' : visible(entry.user).replaceAll(' ', '\\u0020')
  const cause = entry.cause && `(${visible(entry.cause)})`
  const attempted = entry.attempted && `login=${visible(entry.attempted).replaceAll(' ', '\\u0020')}`
  const aborted = entry.aborted ? 'aborted' : undefined
  const notes = [entry.credentials, entry.reason, cause, attempted, aborted].filter(
    note => note !== undefined,
  )
  return [
    entry.time.toISOString(),
    entry.address,
    user,
    entry.method,
    visible(entry.path),
    entry.status,
    `${entry.bytes}B`,
    `${milliseconds}ms`,
    ...notes,
  ].join(' ')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Escapes as Apache's mod_log_config does: bytes that are not printable ASCII, quotes and backslashes. */
const apacheEscaped = (text: string): string =>
  Array.from(Buffer.from(text), byte => {
    const character = String.fromCharCode(byte)
    if (character === '"' || character === '\\') return `\\${character}`
    return byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`
  }).join('')

/** Apache's `combined`: `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`, without the query. */
function combined(entry: AccessLogEntry): string {
  // like Apache, this names the user of a failed login as well
  const user = entry.user ?? entry.attempted
  const [day, time] = entry.time.toISOString().split(/[T.]/) as [string, string]
  const [year, month, date] = day.split('-') as [string, string, string]
  const quoted = (text: string | undefined): string => `"${text ? apacheEscaped(text) : '-'}"`
  return [
    entry.address,
    '-',
    user === undefined ? '-' : apacheEscaped(user).replaceAll(' ', '\\x20') || '""',
    `[${date}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000]`,
    quoted(entry.method === '-' ? '-' : `${entry.method} ${entry.path} HTTP/${entry.httpVersion ?? '1.1'}`),
    entry.status || '-',
    entry.bytes || '-',
    quoted(entry.referer),
    quoted(entry.userAgent),
  ].join(' ')
}
