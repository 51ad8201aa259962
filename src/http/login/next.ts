// The page to open after signing in: a path of this host, as `next` in the address of the sign-in page names it.

const MAX_LENGTH = 2048
/** The only page of the guard that `next` may name. */
const ACCOUNT = '/.htpasswd/account'

/**
 * Checks the page to open after signing in. It is a path and never a URL, so there is no list of hosts to get wrong:
 * one slash at its start, and nothing that a browser drops or reads as a second slash (tab, newline, backslash,
 * CVE-2019-10255, CVE-2026-33709).
 *
 * @param prefix the path below which the guard serves; its root is returned for anything invalid.
 */
export function checkNext(next: string | null | undefined, prefix: string): string {
  const root = `${prefix}/`
  if (next === null || next === undefined || next.length > MAX_LENGTH) return root
  // one slash, then neither a slash nor a backslash; printable ASCII only, as a browser sends a path
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(next) || next.includes('\\')) return root
  if (!next.startsWith(root)) return root
  // a browser resolves dot segments, so the resolved path is tested as well
  const resolved = new URL(next, 'http://guard.invalid')
  if (resolved.host !== 'guard.invalid' || resolved.pathname.startsWith('//')) return root
  const path = resolved.pathname.slice(prefix.length)
  if (!resolved.pathname.startsWith(root)) return root
  if (path === ACCOUNT || !/^\/\.htpasswd(?:\/|$)/i.test(decoded(path))) return next
  return root
}

/** The path as a lenient server may read it. */
function decoded(path: string): string {
  return path.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** The address of the sign-in page that leads back to a target. */
export function loginAddress(target: string, prefix: string): string {
  const next = checkNext(target, prefix)
  const login = `${prefix}/.htpasswd/login`
  return next === `${prefix}/` ? login : `${login}?next=${encodeURIComponent(next)}`
}
