// Decides about a whole request: asks the policy about each method that an app may find in it.
import type { AccessDecision, AccessPolicy, Sender } from './policy.ts'

/** What is judged of a request. */
export interface RequestToJudge {
  readonly method: string
  /** The path as the app gets it, without query. */
  readonly path: string
  /** The request target as it was sent. */
  readonly target: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Whether it asks to leave HTTP for another protocol. */
  readonly upgrade?: boolean
}

/**
 * Decides about a request. Rails, Symfony, Laravel, Spring, ASP.NET and others let a header or the query override the
 * request's method, so the sender must be allowed both methods. Overrides in a body are not seen.
 */
export function decideRequest(policy: AccessPolicy, sender: Sender, request: RequestToJudge): AccessDecision {
  if (request.upgrade === true && sender.scope === 'read') {
    const reason = 'these credentials may only read, and a WebSocket can do more'
    return { allowed: false, rule: 'scope read', reason }
  }
  const { method, path } = request
  const decision = policy.decide(sender, method, path)
  if (!decision.allowed) return decision
  for (const other of otherMethods(request)) {
    const refusal = policy.decide(sender, other, path)
    if (!refusal.allowed) return refusal
  }
  return decision
}

const FIELDS = ['x-http-method-override', 'x-http-method', 'x-method-override']
const NONE: readonly string[] = []

/** The methods that a request names besides its own. */
function otherMethods({ headers, target }: RequestToJudge): readonly string[] {
  const query = target.indexOf('?')
  // Percent-encoding can hide the name of a parameter.
  const inQuery =
    query !== -1 && /_method|%/i.test(target.slice(query)) ? queryMethods(target.slice(query + 1)) : NONE
  const inHeaders = FIELDS.flatMap(name => headers[name] ?? [])
  if (inQuery.length === 0 && inHeaders.length === 0) return NONE
  // node:http joins repeated headers with a comma
  return [...inHeaders.flatMap(value => value.split(',')), ...inQuery].map(name => name.trim().toUpperCase())
}

function queryMethods(query: string): readonly string[] {
  return [...new URLSearchParams(query)]
    .filter(([name]) => name.toLowerCase() === '_method')
    .map(([, value]) => value)
}
