// Decides about a whole request: asks the policy about each method that an app may find in it.
import type { AccessDecision, AccessPolicy, Sender } from './policy.ts'
import { withoutRules } from './rules.ts'

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
  const isUnlimited = policy === withoutRules && sender.scope === 'all'
  if (!decision.allowed || isUnlimited) return decision
  for (const other of otherMethods(request)) {
    const refusal = policy.decide(sender, other, path)
    if (!refusal.allowed) return refusal
  }
  return decision
}

/**
 * Whether every method that an app may find in a request is GET or HEAD. An open path takes these only, without a login, so
 * a request must not name another method beside them.
 */
export const isReadInEveryWay = (request: Pick<RequestToJudge, 'method' | 'headers' | 'target'>): boolean =>
  isRead(request.method) && otherMethods(request).every(isRead)

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD'

const NONE: readonly string[] = []
const FIELDS = ['x-http-method-override', 'x-http-method', 'x-method-override']
/** "_method", also percent-encoded. */
const PARAMETER = /(?:_|%5f)(?:m|%[46]d)(?:e|%[46]5)(?:t|%[57]4)(?:h|%[46]8)(?:o|%[46]f)(?:d|%[46]4)/i

/** The methods that a request names besides its own. */
function otherMethods({ headers, target }: Pick<RequestToJudge, 'headers' | 'target'>): readonly string[] {
  const start = target.indexOf('?')
  const query = start === -1 ? '' : target.slice(start + 1)
  const isInQuery = query !== '' && PARAMETER.test(query)
  if (!isInQuery && FIELDS.every(name => headers[name] === undefined)) return NONE
  // node:http joins repeated headers with a comma
  const named = FIELDS.flatMap(name => headers[name] ?? []).flatMap(value => value.split(','))
  if (isInQuery) {
    for (const [name, value] of new URLSearchParams(query))
      if (name.toLowerCase() === '_method') named.push(value)
  }
  return named.map(name => name.trim().toUpperCase())
}
