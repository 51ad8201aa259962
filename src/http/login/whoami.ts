// Describes the sender of a request as JSON, for programs, and for pages of the app that show the user's name.
import type { Identity } from '../../auth/identity.ts'
import { SessionIdentity } from '../../auth/sessions/session-identity.ts'
import { type CannedResponse, completeResponse } from '../basic/responses.ts'
import type { EndpointRequest } from '../guard/endpoints.ts'

/** Responds with user, groups, kind of credentials and when they end. */
export function whoami(
  groupsOf: (identity: Identity) => readonly string[],
  { identity }: EndpointRequest,
): CannedResponse {
  const sender = identity as Identity
  const { user, kind, scope } = sender
  const expires = identity instanceof SessionIdentity ? new Date(identity.expiresAt).toISOString() : null
  const body = `${JSON.stringify({ user, groups: groupsOf(sender), kind, scope, expires })}\n`
  return completeResponse(200, 'application/json', body, {})
}
