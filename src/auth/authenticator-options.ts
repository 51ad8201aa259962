// The options of an Authenticator, and the one place where they are checked.
import { LRUCache } from 'lru-cache'
import { checkInteger, HtpasswdError, rejectUnknownKeys } from '../errors.ts'
import type { AttemptLimiter } from './throttle.ts'
import type { Verify } from './verifier.ts'

/** Cache, limits and reports of an `Authenticator`; every option has a default. */
export interface AuthenticatorOptions {
  /** How long a correct password is remembered after its last use, in milliseconds; 0 disables the cache. Default: 3600000. */
  readonly cacheMilliseconds?: number | undefined
  /** The largest number of remembered passwords. Default: 10000. */
  readonly cacheEntries?: number | undefined
  /**
   * Consecutive wrong passwords for a user name from one address before it has to wait, and ten times as many for the
   * address; a wrong password that is sent again does not count. 0 disables this. Default: 10.
   */
  readonly maxFailures?: number | undefined
  /** Worker threads. Default: one less than the processor cores, 1 to 4. */
  readonly workers?: number | undefined
  /** Verifications that may wait for a worker; beyond that the status is 503. Default: 256. */
  readonly maxQueue?: number | undefined
  /** A bcrypt hash with a higher cost is refused. Default: 17. */
  readonly maxCost?: number | undefined
  /** A SHA-crypt hash with more rounds is refused. Default: 10000000. */
  readonly maxRounds?: number | undefined
  /**
   * Gets technical faults, such as a database that does not answer or a file that became unreadable; never a password or a
   * hash. Default: a warning of the process, once for each message.
   */
  readonly onError?: ((error: unknown) => void) | undefined
  /** The clock, in milliseconds. Default: `performance.now`. */
  readonly now?: (() => number) | undefined
}

/** Parts that a process or a test replaces. @internal */
export interface AuthenticatorParts {
  /** Replaces the worker threads, for tests that count hashes. */
  readonly verify?: Verify
  /** Replaces its own throttle: worker processes share one (throttle-channel.ts). */
  readonly limiter?: AttemptLimiter | undefined
  /** Told whether a password was remembered, or has to be verified. */
  readonly onLookup?: ((isHit: boolean) => void) | undefined
  /** Waits for so many milliseconds. */
  readonly delay?: (milliseconds: number) => Promise<unknown>
}

const integers = {
  cacheMilliseconds: 0,
  cacheEntries: 1,
  maxFailures: 0,
  workers: 1,
  maxQueue: 0,
  maxCost: 4,
  maxRounds: 1000,
} as const

const functions = ['onError', 'now'] as const

/** The names of all options. */
export const authenticatorOptionNames: readonly (keyof AuthenticatorOptions)[] = [
  ...(Object.keys(integers) as (keyof typeof integers)[]),
  ...functions,
]

/** @throws HtpasswdError `ERR_OPTION` for an unknown key or a value out of its range. */
export function checkAuthenticatorOptions(options: AuthenticatorOptions): AuthenticatorOptions {
  rejectUnknownKeys('AuthenticatorOptions', options, authenticatorOptionNames)
  for (const [name, min] of Object.entries(integers) as [keyof typeof integers, number][])
    checkInteger(name, options[name], min)
  for (const name of functions) {
    const value = options[name]
    if (value !== undefined && typeof value !== 'function') {
      throw new HtpasswdError('ERR_OPTION', `"${name}" expected a function, got ${typeof value}`)
    }
  }
  return { ...options }
}

const REPORTED_FAULTS = 1000

/** Without `onError`, reports each fault once as a process warning: a 500 response says to look at the log. */
export function createWarning(): (error: unknown) => void {
  const reported = new LRUCache<string, true>({ max: REPORTED_FAULTS })
  return error => {
    if (reported.has(String(error))) return
    reported.set(String(error), true)
    process.emitWarning(error instanceof Error ? error : String(error))
  }
}
