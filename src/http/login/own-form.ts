// Whether a form came from one of the guard's own pages.
import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether the browser says that a page of this very origin sent the form. Stricter than for requests to the app: a program
 * has no form, so a request that names neither is refused (login CSRF; CVE-2026-40864 trusted `Sec-Fetch-Mode`).
 *
 * @param ownOrigins the origins under which the guard is reached, in lower case.
 */
export function isOwnForm(
  { origin, 'sec-fetch-site': site }: IncomingHttpHeaders,
  ownOrigins: readonly string[],
): boolean {
  if (site !== undefined) return site === 'same-origin'
  return origin !== undefined && ownOrigins.includes(origin.toLowerCase())
}
