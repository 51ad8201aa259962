// Whether a value of a source is a password or a hash: by its column, by the option, or by the prefix of hashes.

import type { ByteString } from '../../../bytes.ts'
import { likelyForeignHash } from '../../../hash/foreign.ts'
import { claimedFormat, identify } from '../../../hash/registry.ts'
import type { ImportRow, UnreadableRow } from '../../../import/plan.ts'

export type Values = 'auto' | 'hashes' | 'passwords'

/** A row as it was read; an empty value counts as missing. */
export interface SourceRow {
  readonly line: number
  readonly user: string
  readonly password?: ByteString | undefined
  readonly hash?: ByteString | undefined
  /** A password or a hash, without a name. */
  readonly value?: ByteString | undefined
}

/** `*`, `!!`, `!$6$…`, as passwd(1) writes them, and `*:` of /etc/shadow. */
const LOCKED = /^[!*]+($|:|[${])/

const DECIDE = 'say what it is with --values hashes or --values passwords'

/** A row for the plan, or why it cannot be one. */
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
  return byPrefix(row, value, password !== undefined)
}

function byPrefix(
  { line, user }: SourceRow,
  value: ByteString,
  isNamed: boolean,
): ImportRow<ByteString> | UnreadableRow {
  const hash = hashIn(value)
  const claimed = claimedFormat(hash)
  // 13 letters may be DES or a password, unless {CRYPT} is in front of them
  const isMarked = claimed !== undefined && (claimed !== 'des' || CRYPT.test(value))
  if (isMarked && identify(hash) === undefined)
    return { line, problem: `expected a whole ${claimed} hash, got a damaged one; ${DECIDE}` }
  if (isMarked && isNamed)
    return {
      line,
      problem: `expected a password, got a ${claimed} hash; name the column "hash", or ${DECIDE}`,
    }
  if (isMarked) return { line, user, hash }
  if (LOCKED.test(value))
    return { line, problem: `expected a password or a hash, got what may be a locked record; ${DECIDE}` }
  const foreign = likelyForeignHash(value)
  if (foreign !== undefined) {
    const problem = `expected a password or a hash of a known format, got what may be a hash of another system`
    return { line, problem: `${problem} (${foreign.name}); ${DECIDE}` }
  }
  return { line, user, password: value }
}

/** RFC 2307's mark of crypt(3), which LDAP servers and Dovecot write. */
const CRYPT = /^\{CRYPT\}/i

/** Without {CRYPT}, and without the fields of other programs after a second colon. */
function hashIn(value: ByteString): string {
  const [hash = ''] = value.replace(CRYPT, '').split(':', 1)
  return hash
}
