// `describeUsers`: the records of a password file with what is to be known of each hash, and never the hash.

import { HtpasswdDocument } from '../document/document.ts'
import { scanLines } from '../document/scan-lines.ts'
import { describeHash, type HashDescription } from '../hash/describe.ts'

/** A record of a file. */
export interface UserDescription extends HashDescription {
  /** The name, as `HtpasswdDocument.users` has it. */
  readonly user: string
  /** Its line number, from 1. */
  readonly line: number
  /** The line of the user's first record, if this is a later one, which Apache and nginx ignore. */
  readonly duplicateOf?: number
}

/**
 * Describes every record in file order: its format, cost or rounds, and strength.
 *
 * @param source a document, or the bytes or text of a file.
 * @returns one record at a time, so that a file of a million users needs no list.
 * @throws HtpasswdError `ERR_UTF16` as `parseHtpasswd`.
 *
 * @example
 * ```js
 * import { describeUsers } from 'htpasswd-kit'
 *
 * console.log([...describeUsers('alice:$apr1$abcdefgh$ErTEbPtDG8sGDe7vAaG2W0\n')])
 * ```
 *
 * ```text
 * [
 *   {
 *     user: 'alice',
 *     line: 1,
 *     state: 'usable',
 *     format: 'apr1',
 *     strength: 'weak'
 *   }
 * ]
 * ```
 */
export function* describeUsers(source: HtpasswdDocument | string | Uint8Array): Generator<UserDescription> {
  const document = source instanceof HtpasswdDocument ? source : new HtpasswdDocument(source)
  for (const { line, record } of scanLines(document.toBuffer())) {
    if (record === undefined) continue
    const { user, hash, first } = record
    const description = { user, line, ...describeHash(hash) }
    yield first === undefined ? description : { ...description, duplicateOf: first }
  }
}
