// Files of Apache's other tools, whose lines are user:something too: an update would destroy them.
import { HtpasswdError } from '../errors.ts'
import { identify } from '../hash/registry.ts'
import { fieldsAfter, LineCursor } from './line.ts'

/** `digest`: written by htdigest, for `AuthType Digest`. `group`: an `AuthGroupFile`. */
export type FileKind = 'password' | 'digest' | 'group'

/** What each kind is, for messages. */
export const kindNames = {
  password: 'a password file',
  digest: 'a digest file, as htdigest writes for "AuthType Digest"',
  group: 'a group file ("AuthGroupFile"), which lists the users of each group',
} as const satisfies Record<FileKind, string>

/** realm:MD5(user:realm:password), or SHA-256 in its place (RFC 7616). */
const DIGEST = /^[^:]*:(?:[0-9a-f]{32}|[0-9a-f]{64})$/i
/** The users of a group, separated by whitespace. One word may be a password too. */
const USER_NAMES = /^[\w.@\\+\x80-\xff \t-]*$/
/** Whitespace after the colon or between two names, which tells users from a password. */
const SEVERAL = /^[ \t]+[^ \t]|[^ \t][ \t]+[^ \t]/

/** A file is of another kind if all its records are, so the first record of a password file settles it. */
export function fileKind(bytes: Buffer): FileKind {
  const cursor = new LineCursor(bytes)
  let [isDigest, isGroup, hasSeveral, records] = [true, true, false, 0]
  while ((isDigest || isGroup) && cursor.next()) {
    if (cursor.kind === 'malformed') return 'password'
    if (cursor.kind !== 'record') continue
    const { hashStart, hashEnd, contentEnd } = fieldsAfter(bytes, cursor.nameEnd)
    const value = bytes.toString('latin1', hashStart, contentEnd)
    records++
    isDigest &&= DIGEST.test(value)
    isGroup &&= hashEnd === contentEnd && USER_NAMES.test(value) && identify(value) === undefined
    hasSeveral ||= SEVERAL.test(value)
  }
  if (records === 0) return 'password'
  if (isDigest) return 'digest'
  return isGroup && hasSeveral ? 'group' : 'password'
}

/** @throws HtpasswdError `ERR_RECORD` for a file of another kind. */
export function rejectOtherKind(bytes: Buffer): void {
  const kind = fileKind(bytes)
  if (kind === 'password') return
  throw new HtpasswdError('ERR_RECORD', `expected a password file, got ${kindNames[kind]}`)
}
