// The one error class of the package, its codes, and the exit status that the command gives for each.

/** The exit statuses of the command: Apache's numbers (docs/manual/programs/htpasswd, "Exit Status"). */
export const ExitStatus = {
  ok: 0,
  file: 1,
  syntax: 2,
  verification: 3,
  interrupted: 4,
  tooLong: 5,
  user: 6,
  invalidFile: 7,
  unverifiable: 9,
} as const

const exitStatuses = {
  ERR_FILE_ACCESS: ExitStatus.file,
  ERR_FILE_WRITE: ExitStatus.file,
  ERR_FILE_OWNER: ExitStatus.file,
  ERR_LOCK_TIMEOUT: ExitStatus.file,
  ERR_FILE_BUSY: ExitStatus.file,
  ERR_LISTEN: ExitStatus.file,
  ERR_APP: ExitStatus.file,
  ERR_PROVIDER: ExitStatus.file,
  ERR_OUTPUT: ExitStatus.file,
  ERR_USAGE: ExitStatus.syntax,
  ERR_OPTION: ExitStatus.syntax,
  ERR_PASSWORD: ExitStatus.syntax,
  ERR_INTERRUPTED: ExitStatus.interrupted,
  ERR_TOO_LONG: ExitStatus.tooLong,
  ERR_USERNAME: ExitStatus.user,
  ERR_USER_EXISTS: ExitStatus.user,
  ERR_USER_MISSING: ExitStatus.user,
  ERR_TOKEN_MISSING: ExitStatus.user,
  ERR_UTF16: ExitStatus.invalidFile,
  ERR_RECORD: ExitStatus.invalidFile,
  ERR_HASH_LIMIT: ExitStatus.unverifiable,
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

/** Options are checked where they are owned. An unknown key is an error, because it is probably misspelled. */
export function rejectUnknownKeys(owner: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    throw new HtpasswdError(
      'ERR_OPTION',
      `${owner} expected only the options ${known.join(', ')}, got "${key}"`,
    )
  }
}

/** Returns the option's value. @throws HtpasswdError `ERR_OPTION` unless it is an integer in this range, or undefined. */
export function checkInteger<Value extends number | undefined>(
  name: string,
  value: Value,
  min: number,
  max = Infinity,
): Value {
  if (value === undefined || (Number.isSafeInteger(value) && value >= min && value <= max)) return value
  const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`
  throw new HtpasswdError('ERR_OPTION', `"${name}" expected an integer ${range}, got ${String(value)}`)
}

/** An invalid line of a file, or of text without a name: what was expected, and what was found there. */
export const lineError = (name: string | undefined, line: number, message: string): HtpasswdError =>
  new HtpasswdError(
    'ERR_RECORD',
    name === undefined ? `line ${line}: ${message}` : `${name}:${line}: ${message}`,
  )
