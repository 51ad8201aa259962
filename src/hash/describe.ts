// What the second field of a record is, usable or not; list, check and fix speak of it.

import { foreignHash } from './foreign.ts'
import type { FormatInfo } from './format.ts'
import { claimedFormat, identify, isLocked } from './registry.ts'
import { isServiceAccount } from './service-account.ts'

/**
 * `usable` is a hash that a password can match. `escaped-dollars` and `trailing-whitespace` are usable hashes that a
 * compose file or an editor changed. `stray-bits` is bcrypt with padding bits in its salt that some servers ignore and
 * others refuse. `unknown` is a format of another system.
 * `service-account` has tokens instead of a password. With the others nobody can log in, except that some servers
 * compare the password with `plaintext`.
 */
export type HashState =
  | 'usable'
  | 'escaped-dollars'
  | 'trailing-whitespace'
  | 'stray-bits'
  | 'damaged'
  | 'unknown'
  | 'plaintext'
  | 'service-account'
  | 'locked'
  | 'empty'

/** What can be read from a stored hash without a password; strength and cost only if a password can match it. */
export interface HashDescription extends Partial<FormatInfo> {
  /** Whether a password can match it, and if not why. */
  readonly state: HashState
  /** The name of its format, also of one that is not computed here, such as `yescrypt`. */
  readonly format?: string
}

/** A complete bcrypt hash, except for padding bits in the last character of its salt, which crypt(3) writes as zero. */
const STRAY_BITS = /^(\$2[abxy]\$\d\d\$[./A-Za-z0-9]{21})[./A-Za-z0-9]([./A-Za-z0-9]{31})$/

function hasStrayBits(hash: string): boolean {
  const [, start, digest] = STRAY_BITS.exec(hash) ?? []
  return start !== undefined && identify(`${start}.${digest}`) !== undefined
}

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
  if (isServiceAccount(hash)) return { state: 'service-account' }
  if (isLocked(hash)) return { state: 'locked' }
  const single = hash.startsWith('$$') ? identify(singleDollars(hash)) : undefined
  if (single !== undefined) return { state: 'escaped-dollars', format: single.format }
  const trimmed = identify(trimTrailingWhitespace(hash))
  if (trimmed !== undefined) return { state: 'trailing-whitespace', ...trimmed }
  const claimed = claimedFormat(hash)
  if (claimed !== undefined) return { state: hasStrayBits(hash) ? 'stray-bits' : 'damaged', format: claimed }
  const foreign = foreignHash(hash)
  if (foreign !== undefined) return { state: 'unknown', format: foreign.name }
  return { state: 'plaintext', format: 'plaintext', strength: 'broken' }
}
