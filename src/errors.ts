// The one error class of the package, its codes, and the exit status that the command gives for each.

// The statuses are those of Apache's htpasswd (docs/manual/programs/htpasswd, "Exit Status").
const exitStatuses = {
  ERR_FILE_ACCESS: 1,
  ERR_FILE_WRITE: 1,
  ERR_FILE_OWNER: 1,
  ERR_LOCK_TIMEOUT: 1,
  ERR_FILE_BUSY: 1,
  ERR_LISTEN: 1,
  ERR_APP: 1,
  ERR_USAGE: 2,
  ERR_OPTION: 2,
  ERR_PASSWORD: 2,
  ERR_INTERRUPTED: 4,
  ERR_TOO_LONG: 5,
  ERR_USERNAME: 6,
  ERR_USER_EXISTS: 6,
  ERR_USER_MISSING: 6,
  ERR_UTF16: 7,
  ERR_RECORD: 7,
  ERR_HASH_LIMIT: 9,
} as const

/** The stable name of what went wrong; switch on it, not on the message. */
export type ErrorCode = keyof typeof exitStatuses

/**
 * Every error that this package throws on purpose.
 * The message says what was expected, what was found and what to do; it contains no password and no hash.
 *
 * @example
 * ```js
 * import { HtpasswdError, HtpasswdFile } from 'htpasswd-kit'
 *
 * try {
 *   await HtpasswdFile.open('missing')
 * } catch (error) {
 *   if (!(error instanceof HtpasswdError)) throw error
 *   console.log(error.code, error.exitStatus)
 * }
 * ```
 *
 * ```text
 * ERR_FILE_ACCESS 1
 * ```
 */
export class HtpasswdError extends Error {
  override readonly name = 'HtpasswdError'
  /** What went wrong. */
  readonly code: ErrorCode
  /** The exit status that the `htpasswd` command ends with on this error (1 to 9, Apache's numbers). */
  readonly exitStatus: number

  /** @param options with the `cause`, if another error led to this one. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.exitStatus = exitStatuses[code]
  }
}

/** Options are checked where they are owned: a key nobody knows is a spelling mistake, not a wish. */
export function rejectUnknownKeys(owner: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    throw new HtpasswdError(
      'ERR_OPTION',
      `${owner} expected only the options ${known.join(', ')}, got "${key}"`,
    )
  }
}
