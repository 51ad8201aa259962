// The ordered list of hash formats, and the four functions over it; what the package knows of formats derives from here.
import { HtpasswdError, rejectUnknownKeys } from '../errors.ts'
import { equalInConstantTime } from './compare.ts'
import type { FormatInfo, HashFormat } from './format.ts'
import { apr1, md5crypt } from './formats/apr1.ts'
import { bcrypt } from './formats/bcrypt.ts'
import { desCrypt } from './formats/des-crypt.ts'
import { plaintext } from './formats/plaintext.ts'
import { sha256crypt, sha512crypt } from './formats/sha-crypt.ts'
import { sha1, ssha } from './formats/sha1.ts'
import { compute, computeOneOfMany } from './offload.ts'
import { checkedPassword, hasNul } from './password.ts'

/** Every format, best first. A new one is one file and one name here. */
export const formats = [
  bcrypt,
  sha512crypt,
  sha256crypt,
  apr1,
  md5crypt,
  ssha,
  sha1,
  desCrypt,
  plaintext,
] as const satisfies readonly HashFormat[]

/** The name of a format: `bcrypt`, `sha512crypt`, `apr1` … */
export type FormatId = (typeof formats)[number]['id']

/** What can be read from a stored hash. */
export interface HashInfo extends FormatInfo {
  /** The name of its format. */
  readonly format: FormatId
}

/** How a new hash is made, or what an old one is compared with. */
export interface HashOptions {
  /** Default: `bcrypt`. `plaintext` stores the password itself. */
  readonly format?: FormatId
  /** bcrypt only: 4 to 17, each step doubles the time. Default: 12, about a third of a second. */
  readonly cost?: number
  /** `sha256crypt` and `sha512crypt` only: 1000 to 999999999. Default: 5000. */
  readonly rounds?: number
}

/** How much work a verification may take, and whether plain text may be compared. */
export interface VerifyOptions {
  /** A bcrypt hash above this cost is an error before any work. Default: 17. */
  readonly maxCost?: number
  /** A SHA-crypt hash above this many rounds is an error before any work. Default: 10000000. */
  readonly maxRounds?: number
  /**
   * Compare with the stored text itself where it is no known hash, as Apache on Windows does. Text of 13 letters and
   * digits may be a DES hash or a password, so it is tried as both. Default: false.
   */
  readonly plaintext?: boolean
}

const DEFAULT_FORMAT = bcrypt.id

function findFormat(id: FormatId): HashFormat<FormatId> {
  const format = formats.find(one => one.id === id)
  if (format === undefined) {
    const known = formats.map(one => one.id).join(', ')
    throw new HtpasswdError('ERR_OPTION', `"format" expected one of ${known}, got ${JSON.stringify(id)}`)
  }
  return format
}

/** The format's parameter out of the options, checked; undefined where it is not given. */
function parameterOf(format: HashFormat, options: HashOptions): number | undefined {
  rejectUnknownKeys('HashOptions', options, ['format', 'cost', 'rounds'])
  for (const name of ['cost', 'rounds'] as const) {
    const value = options[name]
    if (value === undefined) continue
    const parameter = format.parameter
    if (parameter?.name !== name) {
      throw new HtpasswdError(
        'ERR_OPTION',
        `"${name}" expected a format that has it, got the format ${format.id}`,
      )
    }
    if (!Number.isInteger(value) || value < parameter.min || value > parameter.max) {
      const range = `an integer from ${parameter.min} to ${parameter.max}`
      throw new HtpasswdError('ERR_OPTION', `"${name}" expected ${range}, got ${String(value)}`)
    }
  }
  return format.parameter && options[format.parameter.name]
}

/**
 * Computes the hash of a password, with a new salt from the system's random generator.
 *
 * A hash of more than some 20 ms leaves the main thread free: the first one of a process runs here in slices, as do those
 * that are asked for one by one while the second starts a thread; all others run in worker threads.
 *
 * @returns the second field of a line in a password file, such as `$2y$12$…`.
 * @throws HtpasswdError `ERR_OPTION` for an unknown format or a parameter out of its range, `ERR_PASSWORD` for a
 *   password that holds a NUL byte or is too long for the format (512 bytes in the formats of crypt(3)).
 *
 * @example
 * ```js
 * import { hashPassword, verifyPassword } from 'htpasswd-kit'
 *
 * const hash = await hashPassword('wonderland', { cost: 10 })
 * console.log(hash.slice(0, 7), await verifyPassword('wonderland', hash))
 * ```
 *
 * ```text
 * $2y$10$ true
 * ```
 */
export function hashPassword(password: string | Uint8Array, options: HashOptions = {}): Promise<string> {
  return hashBy(compute, password, options)
}

/** As `hashPassword`, for an import of many users: every core takes part. */
export const hashOneOfMany = (password: string | Uint8Array, options: HashOptions): Promise<string> =>
  hashBy(computeOneOfMany, password, options)

async function hashBy(
  computing: typeof compute,
  password: string | Uint8Array,
  options: HashOptions,
): Promise<string> {
  const format = findFormat(options.format ?? DEFAULT_FORMAT)
  const parameter = parameterOf(format, options)
  const bytes = checkedPassword(password)
  if (hasNul(bytes)) {
    throw new HtpasswdError(
      'ERR_PASSWORD',
      'password expected no NUL byte, got one; servers would cut it short there',
    )
  }
  const hash = await computing(format, bytes, format.setting(parameter))
  if (hash === undefined) {
    throw new HtpasswdError(
      'ERR_PASSWORD',
      `password expected less than 512 bytes for ${format.id}, got ${bytes.length}`,
    )
  }
  return hash
}

/**
 * Verifies a password against a stored hash, the second field of a line.
 *
 * The hash is computed anew and compared as a whole, in constant time. A wrong password is false; so is every password
 * for a record that is empty, locked (`!…`, `*`), malformed or of an unknown format: a stored text never matches itself.
 *
 * @throws HtpasswdError `ERR_HASH_LIMIT`, before any work, if the record needs more than `maxCost` or `maxRounds`,
 *   `ERR_OPTION` for a limit that is not a positive integer.
 *
 * @example
 * ```js
 * import { verifyPassword } from 'htpasswd-kit'
 *
 * const stored = '$apr1$abcdefgh$ErTEbPtDG8sGDe7vAaG2W0'
 * console.log(await verifyPassword('wrong', stored))
 * await verifyPassword('any', '$2y$31$abcdefghijklmnopqrstuuMmTxU5HrGxEJhWmQ0yQvIhQWdDZ0zQK').catch(error =>
 *   console.log(error.code),
 * )
 * ```
 *
 * ```text
 * false
 * ERR_HASH_LIMIT
 * ```
 */
export async function verifyPassword(
  password: string | Uint8Array,
  hash: string,
  options?: VerifyOptions,
): Promise<boolean> {
  if (options !== undefined) checkOptions(options)
  const found = recognise(hash)
  if (found !== undefined) rejectExcess(found.format, found.info, options)
  const bytes = checkedPassword(password)
  if (hasNul(bytes)) return false
  if (found !== undefined) {
    const again = compute(found.format, bytes, hash)
    // most formats answer at once, and waiting for a promise takes as long as all the rest here
    if (equal(typeof again === 'object' ? await again : again, hash)) return true
  }
  if (options?.plaintext !== true || !mayBeText(hash, found?.format)) return false
  return equal(await compute(plaintext, bytes, hash), hash)
}

const equal = (again: string | undefined, hash: string): boolean =>
  again !== undefined && equalInConstantTime(again, hash)

/** Nothing but its 13 letters tells a DES hash from a password, while every other hash has its mark. */
function mayBeText(hash: string, format: HashFormat | undefined): boolean {
  const unmarked = format === undefined || format === desCrypt
  return unmarked && typeof hash === 'string' && hash !== '' && !isLocked(hash)
}

/** A limit that is no number would compare as "not above" with everything, so it would be none. */
function checkOptions(options: VerifyOptions): void {
  rejectUnknownKeys('VerifyOptions', options, ['maxCost', 'maxRounds', 'plaintext'])
  for (const name of ['maxCost', 'maxRounds'] as const) {
    const limit = options[name]
    if (limit === undefined || (Number.isInteger(limit) && limit > 0)) continue
    throw new HtpasswdError('ERR_OPTION', `"${name}" expected a positive integer, got ${String(limit)}`)
  }
}

function rejectExcess(format: HashFormat, info: FormatInfo, options?: VerifyOptions): void {
  if (format.parameter === undefined) return
  const { name, verifyMax } = format.parameter
  const limit = (name === 'cost' ? options?.maxCost : options?.maxRounds) ?? verifyMax
  const value = info[name] ?? 0
  if (value > limit) {
    throw new HtpasswdError(
      'ERR_HASH_LIMIT',
      `the ${format.id} hash has ${name} ${value}, above the limit of ${limit}`,
    )
  }
}

/** A record that was shut on purpose: `!…` or `*…`, as passwd(1) and useradd(8) mark them. */
export const isLocked = (hash: string): boolean => /^[!*]/.test(hash)

function recognise(hash: string): { format: HashFormat<FormatId>; info: FormatInfo } | undefined {
  if (typeof hash !== 'string') return undefined
  const format = claimant(hash)
  const info = format?.identify(hash)
  return format && info && { format, info }
}

/** The format that a text means to be. A plain loop: in a short check, find() and its closure are what takes longest. */
function claimant(hash: string): HashFormat<FormatId> | undefined {
  for (const format of formats) if (format.claims(hash)) return format
  return undefined
}

/**
 * Reads the format and parameters of a stored hash.
 *
 * @returns undefined if it is not a well-formed hash of a known format: empty, locked, plain text, truncated.
 *
 * @example
 * ```js
 * import { identify } from 'htpasswd-kit'
 *
 * console.log(identify('$2y$12$abcdefghijklmnopqrstuuMmTxU5HrGxEJhWmQ0yQvIhQWdDZ0zQK'))
 * console.log(identify('not a hash'))
 * ```
 *
 * ```text
 * { format: 'bcrypt', variant: '2y', cost: 12, strength: 'strong' }
 * undefined
 * ```
 */
export function identify(hash: string): HashInfo | undefined {
  const found = recognise(hash)
  return found && { format: found.format.id, ...found.info }
}

/** The format that a text means to be, even where it is malformed: to tell "broken" from "unknown". */
export const claimedFormat = (hash: string): FormatId | undefined => claimant(hash)?.id

/**
 * Whether a stored hash is weaker than a policy: another format, a lower cost or fewer rounds.
 * Call it after a successful login, while the password is known and can be hashed again.
 *
 * @param policy how a new hash would be made. Default: bcrypt of cost 12.
 * @throws HtpasswdError `ERR_OPTION` for a policy that `hashPassword` would refuse.
 *
 * @example
 * ```js
 * import { needsRehash } from 'htpasswd-kit'
 *
 * console.log(needsRehash('{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='))
 * ```
 *
 * ```text
 * true
 * ```
 */
export function needsRehash(hash: string, policy: HashOptions = {}): boolean {
  const format = findFormat(policy.format ?? DEFAULT_FORMAT)
  const wanted = parameterOf(format, policy) ?? format.parameter?.default ?? 0
  const info = identify(hash)
  if (info?.format !== format.id || info.variant === '2x') return true
  return format.parameter !== undefined && (info[format.parameter.name] ?? 0) < wanted
}
