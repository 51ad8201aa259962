// Whether a value of a source is a password or a hash: by its column, by the option, or by the mark that hashes have.

import type { ByteString } from '../../../bytes.ts'
import { claimedFormat, identify } from '../../../hash/registry.ts'
import type { ImportRow, UnreadableRow } from '../../../import/plan.ts'

export type Values = 'auto' | 'hashes' | 'passwords'

/** A row as it was read; an empty value is none. */
export interface SourceRow {
  readonly line: number
  readonly user: string
  readonly password?: ByteString | undefined
  readonly hash?: ByteString | undefined
  /** What nothing names. */
  readonly value?: ByteString | undefined
}

/** Of formats that are unknown here: `$argon2id$…`, `$y$…`, `{SSHA512}…`. Nobody has such a password. */
const UNKNOWN_HASH = /^(\$[a-z0-9-]{1,12}\$.{16}|\{[A-Z0-9.-]{2,12}\}.{8})/i
/** `*`, `!!`, `!$6$…`, as passwd(1) writes them, and `*:` of the file of Linux' passwords. */
const LOCKED = /^[!*]+($|:|[${])/

const DECIDE = '--values hashes or --values passwords says what it is'

/** What the planner takes, or why it cannot. */
export function importedUser(row: SourceRow, values: Values): ImportRow<ByteString> | UnreadableRow {
  const { line, user } = row
  const password = row.password || undefined
  const hash = row.hash || undefined
  if (password !== undefined && hash !== undefined)
    return { line, problem: 'expected a password or a hash, got both' }
  if (hash !== undefined) return { line, user, hash: hashIn(hash) }
  const value = password ?? (row.value || undefined)
  if (value === undefined) return { line, user }
  if (values === 'hashes') return { line, user, hash: hashIn(value) }
  if (values === 'passwords') return { line, user, password: value }
  return byItsMark(row, value, password !== undefined)
}

function byItsMark(
  { line, user }: SourceRow,
  value: ByteString,
  isNamed: boolean,
): ImportRow<ByteString> | UnreadableRow {
  const claimed = claimedFormat(value)
  // 13 letters are a password more often than a hash of DES
  const isMarked = claimed !== undefined && claimed !== 'des'
  if (isMarked && identify(hashIn(value)) === undefined)
    return { line, problem: `expected a whole hash of ${claimed}, got a damaged one; ${DECIDE}` }
  if (isMarked && isNamed)
    return {
      line,
      problem: `expected a password, got a hash of ${claimed}; name the column "hash", or ${DECIDE}`,
    }
  if (isMarked) return { line, user, hash: hashIn(value) }
  if (UNKNOWN_HASH.test(value))
    return { line, problem: `expected a password or a known hash, got one of an unknown format; ${DECIDE}` }
  if (LOCKED.test(value))
    return { line, problem: `expected a password or a hash, got what may be a locked record; ${DECIDE}` }
  return { line, user, password: value }
}

/** Readers of a password file end the hash at a second colon; behind it are fields of other programs. */
function hashIn(value: ByteString): string {
  const colon = value.indexOf(':')
  return colon < 0 ? value : value.slice(0, colon)
}
