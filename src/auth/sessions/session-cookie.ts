// The session cookie in headers (RFC 6265bis): its name, its attributes, and finding it in a request.
import { createHash } from 'node:crypto'

/**
 * The name of the cookie. Over https it has the prefix `__Host-`: browsers accept such a cookie from this host only, over
 * https only, and no page of a sibling domain can set one (CVE-2024-28233).
 *
 * @param prefix the path below which the guard serves. A `__Host-` cookie has the path `/`, so two guards of one host
 *   would overwrite each other's cookie: each prefix has a name of its own.
 */
export function cookieName(secure: boolean, prefix: string): string {
  const suffix =
    prefix === '' ? '' : `-${createHash('sha256').update(prefix).digest('base64url').slice(0, 8)}`
  return `${secure ? '__Host-' : ''}htpasswd${suffix}`
}

/**
 * All values that a `Cookie` header has for a name, in the order sent. There can be several: a page of a sibling domain
 * or of another path may have set one. Quotes around a value are not part of it.
 */
export function cookieValues(header: string | undefined, name: string): string[] {
  if (header === undefined || !header.includes(name)) return []
  const values: string[] = []
  for (const pair of header.split(';')) {
    if (nameOf(pair) !== name) continue
    const equals = pair.indexOf('=')
    if (equals === -1) continue
    const value = pair.slice(equals + 1).trim()
    values.push(value.startsWith('"') ? value.replace(/^"(.*)"$/, '$1') : value)
  }
  return values
}

/** The name of a cookie in a `Cookie` header. */
function nameOf(pair: string): string {
  const equals = pair.indexOf('=')
  return (equals === -1 ? pair : pair.slice(0, equals)).trim()
}

/** Matches every name that `cookieName` returns, and those of attempts to sign in with a provider. */
const ANY_NAME = /^(?:__Host-)?htpasswd(?:-[A-Za-z0-9_-]{8}|-oidc-[A-Za-z0-9_-]{6})?$/

/**
 * A `Cookie` header without session cookies; undefined if nothing is left. Those of other guards of this host, which
 * browsers send to every port, are removed as well: an app must not get what signs its users in elsewhere.
 */
export function withoutSessionCookies(header: string): string | undefined {
  if (!header.includes('htpasswd')) return header
  const rest = header
    .split(';')
    .filter(pair => !ANY_NAME.test(nameOf(pair)))
    .join(';')
    .trim()
  return rest === '' ? undefined : rest
}

/**
 * The value of `Set-Cookie`. `Lax` sends the cookie along when a link of another site is followed, so a user who opens a
 * link from a mail is signed in; the guard checks requests that change something by their origin.
 *
 * @param maxAge seconds; undefined for a cookie that ends with the browser's session, 0 to delete it.
 */
export function formatSetCookie(
  name: string,
  value: string,
  { secure, maxAge }: { readonly secure: boolean; readonly maxAge?: number | undefined },
): string {
  const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
  return `${name}=${value}; Path=/${age}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}
