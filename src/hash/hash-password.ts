// Makes and verifies hashes of passwords, with any of the formats.
import { type ByteString, toByteString } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'
import type { HashFormat } from './format.ts'
import { desCrypt } from './formats/des-crypt.ts'
import {
  checkVerifyOptions,
  excessOf,
  findFormat,
  type HashOptions,
  parameterOf,
  type VerifyOptions,
} from './options.ts'
import type { Hash } from './pool.ts'
import { identify, isLocked, parseHash } from './registry.ts'

/** Computes one hash: in this thread, or in another one. @internal */
export type Compute = (format: HashFormat, password: ByteString, setting: string) => Promise<Hash> | Hash

/** In this thread: for the command, which has nothing else to do and ends sooner than a thread starts. */
const computeInline: Compute = (format, password, setting) => format.compute(password, setting)

/** Hashes that take longer go to worker threads, because everything else on the event loop would wait for them. */
const LONG_MILLISECONDS = 20
/** Posting a job to a thread and the result back takes a good part of this. */
const SHORT_MILLISECONDS = 1

const computeInPool =
  (threshold: number): Compute =>
  async (format, password, setting) => {
    if (format.estimateMs(setting, password.length) <= threshold) return format.compute(password, setting)
    // loaded only now: node:worker_threads takes its time, and most uses of the command never need it
    const pool = (await import('./pool.ts')).sharedPool()
    if (pool === undefined) return format.compute(password, setting)
    // without a limit to its queue it is never full
    return (await pool.compute(format, password, setting)) as Hash
  }

/** For single hashes of a library's user: short ones here, long ones in worker threads. */
const computeSingle = computeInPool(LONG_MILLISECONDS)

/** For one of many hashes that are wanted at the same time, so that all cores take part. @internal */
export const computeOneOfMany = computeInPool(SHORT_MILLISECONDS)

/**
 * The bytes of a password. Text is encoded as UTF-8, as browsers and Apache's command send it.
 *
 * @throws HtpasswdError `ERR_PASSWORD` for anything else than text and bytes.
 *
 * @internal
 */
export function checkedPassword(password: string | Uint8Array): ByteString {
  if (typeof password === 'string' || password instanceof Uint8Array) return toByteString(password)
  throw new HtpasswdError(
    'ERR_PASSWORD',
    `"password" expected a string or a Uint8Array, got ${typeof password}`,
  )
}

/**
 * C programs end a string at a NUL, so to Apache and nginx "a\0b" is the password "a": such a password is refused
 * when it is set and matches nothing when it is verified.
 *
 * @internal
 */
export const hasNul = (password: ByteString): boolean => password.includes('\0')

/**
 * Computes the hash of a password, with a new salt from the system's random generator. A hash that takes more than 20 ms
 * is computed in a worker thread.
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
export async function hashPassword(
  password: string | Uint8Array,
  options: HashOptions = {},
): Promise<string> {
  return makeHash(checkedPassword(password), options, computeSingle)
}

/** As `hashPassword`, of a password's bytes. @internal */
export async function makeHash(
  password: ByteString,
  options: HashOptions,
  compute: Compute = computeInline,
): Promise<string> {
  const format = findFormat(options.format)
  const parameter = parameterOf(format, options)
  if (hasNul(password)) {
    throw new HtpasswdError(
      'ERR_PASSWORD',
      'password expected no NUL byte, got one; servers would cut it short there',
    )
  }
  const hash = await compute(format, password, format.setting(parameter))
  if (hash === undefined) {
    throw new HtpasswdError(
      'ERR_PASSWORD',
      `password expected less than 512 bytes for ${format.id}, got ${password.length}`,
    )
  }
  return hash
}

/**
 * Verifies a password against a stored hash, the second field of a line. A hash that takes more than 20 ms is computed in
 * a worker thread.
 *
 * The hash is computed again and compared as a whole, in constant time. A wrong password is false; so is every password
 * for a record that is empty, locked (`!…`, `*`), malformed or of an unknown format: a stored text never matches itself.
 *
 * @throws HtpasswdError `ERR_HASH_LIMIT` before any work, if the record needs more than `maxCost` or `maxRounds`,
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
  options: VerifyOptions = {},
): Promise<boolean> {
  return verifyHash(checkedPassword(password), hash, options, computeSingle)
}

/** As `verifyPassword`, of a password's bytes. @internal */
export async function verifyHash(
  password: ByteString,
  hash: string,
  options: VerifyOptions = {},
  compute: Compute = computeInline,
): Promise<boolean> {
  checkVerifyOptions(options)
  const stored = parseHash(hash)
  const excess = stored && excessOf(stored, options)
  if (excess !== undefined) throw new HtpasswdError('ERR_HASH_LIMIT', excess)
  if (hasNul(password)) return false
  if (stored !== undefined) {
    const computed = compute(stored.format, password, hash)
    // without a promise where the hash is there: waiting for one takes as long as a short hash
    if (isSame(typeof computed === 'object' ? await computed : computed, hash)) return true
  }
  return options.plaintext === true && mayBeText(hash, stored?.format) && isSame(password, hash)
}

/**
 * Whether a computed hash is the stored one, in constant time: only the length, which the format fixes, may show. By
 * hand, because loading node:crypto takes longer than a short verification.
 *
 * @internal
 */
export function isSame(computed: string | undefined, stored: string): boolean {
  if (computed === undefined) return false
  let difference = computed.length ^ stored.length
  for (let i = 0; i < computed.length; i++) difference |= computed.charCodeAt(i) ^ stored.charCodeAt(i)
  return difference === 0
}

/** A DES hash differs from a plain text password only by its 13 characters; every other hash has a prefix. */
function mayBeText(hash: string, format: HashFormat | undefined): boolean {
  const hasNoPrefix = format === undefined || format === desCrypt
  return hasNoPrefix && typeof hash === 'string' && hash !== '' && !isLocked(hash)
}

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
  const format = findFormat(policy.format)
  const wanted = parameterOf(format, policy) ?? format.parameter?.default ?? 0
  const info = identify(hash)
  if (info?.format !== format.id || info.variant === '2x') return true
  return format.parameter !== undefined && (info[format.parameter.name] ?? 0) < wanted
}
