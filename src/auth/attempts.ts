// What all kinds of credentials do about attempts: ask the throttle, and remember wrong credentials.
import { LRUCache } from 'lru-cache'
import { type AuthResult, refuse } from './auth-result.ts'
import type { Attempt, AttemptLimiter } from './throttle.ts'

const BUSY_RETRY_SECONDS = 1
const REMEMBERED_FAILURES = 20_000
/** How long a right or wrong password is remembered. */
export const REMEMBERED_MILLISECONDS = 3_600_000

/** The refusal when too many attempts are waiting. */
export const refuseBusy = (): AuthResult => refuse('busy', BUSY_RETRY_SECONDS)

/**
 * Asks the throttle for an attempt. An admitted attempt must be settled; otherwise the result is the refusal to respond
 * with.
 */
export async function admit(
  limiter: AttemptLimiter,
  attempt: Attempt,
): Promise<{ readonly isSuspect: boolean } | AuthResult> {
  const admission = await limiter.admit(attempt)
  if (admission === 'full') return refuseBusy()
  if ('wait' in admission) return refuse('throttled', Math.max(1, Math.ceil(admission.wait / 1000)))
  return admission
}

/**
 * Remembers wrong credentials: the same ones sent again, for example by a job with a stale password, are not a new
 * guess. Each use keeps them longer.
 *
 * @param now the clock, in milliseconds.
 */
export const failureMemory = <Value extends number | true>(now: () => number): LRUCache<string, Value> =>
  new LRUCache({
    max: REMEMBERED_FAILURES,
    ttl: REMEMBERED_MILLISECONDS,
    updateAgeOnGet: true,
    perf: { now },
    ttlResolution: 0,
  })
