// The ordered list of hash formats, and what the text of a stored hash tells.
import type { FormatInfo, HashFormat } from './format.ts'
import { apr1, md5crypt } from './formats/apr1.ts'
import { bcrypt } from './formats/bcrypt.ts'
import { desCrypt } from './formats/des-crypt.ts'
import { plaintext } from './formats/plaintext.ts'
import { sha256crypt, sha512crypt } from './formats/sha-crypt.ts'
import { sha1, ssha } from './formats/sha1.ts'

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

/** A well-formed stored hash, parsed once for everything that a login asks of it. */
export interface StoredHash {
  readonly text: string
  readonly format: HashFormat<FormatId>
  readonly info: FormatInfo
}

/** Parses a stored hash; undefined for what is no well-formed hash of a known format. */
export function parseHash(text: string): StoredHash | undefined {
  if (typeof text !== 'string') return undefined
  const format = findByPrefix(text)
  const info = format?.identify(text)
  return format && info && { text, format, info }
}

/** A loop, because find() and its closure take longer than all the rest of a short verification. */
function findByPrefix(text: string): HashFormat<FormatId> | undefined {
  for (const format of formats) if (format.matchesPrefix(text)) return format
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
  const stored = parseHash(hash)
  return stored && { format: stored.format.id, ...stored.info }
}

/** The format that a text is meant to be, even where it is malformed. */
export const claimedFormat = (hash: string): FormatId | undefined => findByPrefix(hash)?.id

/** Whether a record was locked on purpose: `!…` or `*…`, as passwd(1) and useradd(8) mark it. */
export const isLocked = (hash: string): boolean => /^[!*]/.test(hash)
