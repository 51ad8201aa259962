// Who a request is from, as JSON: for programs, and for pages of the app that show the user's name.
import type { Identity } from '../../auth/identity.ts'
import { SessionIdentity } from '../../auth/sessions/session-identity.ts'
import { type CannedResponse, completeResponse } from '../basic/responses.ts'
import type { EndpointRequest } from '../guard/endpoints.ts'

/** Responds with user, groups, kind of credentials and when they end. */
export function whoami(
  groupsOf: (user: string) => readonly string[],
  { identity }: EndpointRequest,
): CannedResponse {
  const { user, groups, kind, scope } = identity as Identity
  const expires = identity instanceof SessionIdentity ? new Date(identity.expiresAt).toISOString() : null
  const all = [...new Set([...groups, ...groupsOf(user)])]
  const body = `${JSON.stringify({ user, groups: all, kind, scope, expires })}\n`
  return completeResponse(200, 'application/json', body, {})
}
