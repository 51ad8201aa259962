// The header fields that are added to the app's response if a session cookie authenticated the request.
import type { SessionIdentity } from '../../auth/sessions/session-identity.ts'

/**
 * Makes the function that gives the fields, once the status and the app's `Cache-Control` are known.
 *
 * A shared cache does not know that the response was for one user, as it does where there is an `Authorization`
 * (RFC 9111 section 3.5), so it is told; above all where the response carries a cookie. The cookie is not issued again
 * with a refusal, nor after a sign-out that came before this response.
 */
export const sessionResponseHeaders =
  (identity: SessionIdentity) =>
  (status: number, cacheControl: string | undefined): readonly string[] => {
    const cookie = status === 401 || status === 403 ? undefined : identity.renew()
    const isPrivate = cacheControl !== undefined && /\b(?:private|no-store)\b/i.test(cacheControl)
    const headers: string[] = []
    if (cacheControl === undefined || (cookie !== undefined && !isPrivate))
      headers.push('Cache-Control', 'private')
    if (cookie !== undefined) headers.push('Set-Cookie', cookie)
    return headers
  }
