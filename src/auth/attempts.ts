// What every kind of credentials does about attempts: it asks the throttle, and remembers what was wrong before.
import { LRUCache } from 'lru-cache'
import { type AuthResult, refuse } from './auth-result.ts'
import type { Attempt, AttemptLimiter } from './throttle.ts'

const BUSY_RETRY_SECONDS = 1
const REMEMBERED_FAILURES = 20_000
/** For how long a right or wrong password is remembered. */
export const REMEMBERED_MILLISECONDS = 3_600_000

/** The refusal where too many others wait. */
export const refuseBusy = (): AuthResult => refuse('busy', BUSY_RETRY_SECONDS)

/** Asks the throttle for an attempt. What is admitted must be settled; anything else is the refusal to respond with. */
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
 * Remembers wrong credentials, which are no other guess when they are sent again, as by a job with a stale password: each
 * use keeps them longer.
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
