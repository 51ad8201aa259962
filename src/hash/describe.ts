// What stands in the second field of a record, usable or not: what lists and checks of a file speak of.
import type { FormatInfo } from './format.ts'
import { claimedFormat, identify, isLocked } from './registry.ts'

/**
 * `usable` is a hash that a password can match. `escaped-dollars` and `trailing-whitespace` are one but for what an editor or a
 * compose file did to it. With the others nobody can log in, except that some servers take `plaintext` for a password.
 */
export type HashState =
  | 'usable'
  | 'escaped-dollars'
  | 'trailing-whitespace'
  | 'damaged'
  | 'unknown'
  | 'plaintext'
  | 'locked'
  | 'empty'

/** What can be read from a stored hash without a password; strength and cost only if a password can match it. */
export interface HashDescription extends Partial<FormatInfo> {
  readonly state: HashState
  /** The name of its format, or the prefix of an unknown one, such as `$argon2id$`. */
  readonly format?: string
}

/**
 * Marks of crypt(3), passlib and RFC 2307 that nothing here checks. A list and no pattern, for what only looks like a
 * mark may be the beginning of a password.
 */
const MARK =
  /^(?:\$(?:argon2(?:id|i|d)|y|gy|sm3y?|7|3|md5|sha1|scrypt|bcrypt-sha256|pbkdf2(?:-sha\d+)?)[$,]|\{(?:SMD5|MD5|CRYPT|SHA256|SHA384|SHA512|SSHA256|SSHA384|SSHA512|ARGON2|PBKDF2[\w-]*)\})/

/** The hash as it was before `$` became `$$` for docker compose, which interpolates (compose-spec, "Interpolation"). */
export const singleDollars = (hash: string): string => hash.replaceAll('$$', '$')

/**
 * The hash without the whitespace that an editor left after it. A loop: `/\s+$/` tries every position of a run, which
 * takes hours for a megabyte of blanks.
 */
export function trimTrailingWhitespace(hash: string): string {
  let end = hash.length
  while (end > 0 && ' \t\v\f\r'.includes(hash[end - 1] as string)) end--
  return hash.slice(0, end)
}

/** @param hash one Latin-1 character a byte. */
export function describeHash(hash: string): HashDescription {
  const info = identify(hash)
  if (info !== undefined) return { state: 'usable', ...info }
  if (hash === '') return { state: 'empty' }
  if (isLocked(hash)) return { state: 'locked' }
  const single = hash.startsWith('$$') ? identify(singleDollars(hash)) : undefined
  if (single !== undefined) return { state: 'escaped-dollars', format: single.format }
  const trimmed = identify(trimTrailingWhitespace(hash))
  if (trimmed !== undefined) return { state: 'trailing-whitespace', ...trimmed }
  const claimed = claimedFormat(hash)
  if (claimed !== undefined) return { state: 'damaged', format: claimed }
  const mark = MARK.exec(hash)?.[0]
  if (mark !== undefined) return { state: 'unknown', format: mark }
  return { state: 'plaintext', format: 'plaintext', strength: 'broken' }
}
