// The options of an Authenticator, and the one place where they are checked.
import { HtpasswdError, rejectUnknownKeys } from '../errors.ts'

/** How an Authenticator remembers, limits and reports; every value has a default. */
export interface AuthenticatorOptions {
  /** How long a right password is remembered after its last use, in milliseconds; 0 checks it each time. Default: an hour. */
  readonly cacheMilliseconds?: number | undefined
  /** How many right passwords are remembered at most. Default: 10000. */
  readonly cacheEntries?: number | undefined
  /** Failures in a row before an address or a name has to wait; 0 never lets them wait. Default: 10. */
  readonly maxFailures?: number | undefined
  /** Worker threads that hash. Default: one less than the cores, 1 to 4. */
  readonly workers?: number | undefined
  /** Checks that may wait for a worker; one more is answered 503. Default: 32 for each worker. */
  readonly maxQueue?: number | undefined
  /** A bcrypt hash above this cost is denied. Default: 17. */
  readonly maxCost?: number | undefined
  /** A SHA-crypt hash above this many rounds is denied. Default: 10000000. */
  readonly maxRounds?: number | undefined
  /** Told of technical faults, such as a worker thread that died; never gets a password or a hash. */
  readonly onError?: ((error: unknown) => void) | undefined
  /** The clock, in milliseconds. Default: `performance.now`. */
  readonly now?: (() => number) | undefined
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

/** @throws HtpasswdError `ERR_OPTION` for an unknown key or a value out of its range. */
export function checkAuthenticatorOptions(options: AuthenticatorOptions): AuthenticatorOptions {
  rejectUnknownKeys('AuthenticatorOptions', options, [...Object.keys(integers), ...functions])
  for (const [name, min] of Object.entries(integers) as [keyof typeof integers, number][]) {
    const value = options[name]
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= min)) {
      throw new HtpasswdError(
        'ERR_OPTION',
        `"${name}" expected an integer of at least ${min}, got ${String(value)}`,
      )
    }
  }
  for (const name of functions) {
    const value = options[name]
    if (value !== undefined && typeof value !== 'function') {
      throw new HtpasswdError('ERR_OPTION', `"${name}" expected a function, got ${typeof value}`)
    }
  }
  return { ...options }
}
