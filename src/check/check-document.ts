// `checkDocument`: everything that is wrong with a password file, including files that cannot be parsed as they are.

import { decodeUtf16 } from '../bytes.ts'
import { bytesOf, type HtpasswdDocument } from '../document/document.ts'
import { withLineFeedsForCr } from '../document/encoding.ts'
import { rejectUnknownKeys } from '../errors.ts'
import { type Problem, problem } from './problem.ts'
import { findProblems } from './problems.ts'
import type { ServerName } from './servers.ts'

/** How a file is checked. */
export interface CheckOptions {
  /** A server: also lists the users who cannot log in there, and why. */
  readonly for?: ServerName
  /** `strong`: weak hashes, which are salted but fast to guess, are problems as well. */
  readonly strength?: 'strong'
}

/**
 * Lists the problems of a password file in the order of its lines: damaged, duplicate or malformed records, plain text,
 * broken formats, byte order marks and newlines that other readers do not understand, and with `for` what keeps users
 * out at one server. UTF-16 is listed as a problem; it is not an error.
 *
 * @param source a document, or the bytes or text of a file.
 * @returns one problem at a time, so that a file of a million users needs no list. Messages never contain a hash.
 * @throws HtpasswdError `ERR_OPTION` for an unknown server.
 *
 * @example
 * ```js
 * import { checkDocument } from 'htpasswd-kit'
 *
 * for (const { line, user, code } of checkDocument('alice:{SHA}w3QkzGJswDXW5OKZHAJw0FELjfM=\n', { for: 'caddy' }))
 *   console.log(line, user, code)
 * ```
 *
 * ```text
 * 1 alice broken-hash
 * 1 alice cannot-log-in
 * ```
 */
export function* checkDocument(
  source: HtpasswdDocument | string | Uint8Array,
  options: CheckOptions = {},
): Generator<Problem> {
  rejectUnknownKeys('CheckOptions', options, ['for', 'strength'])
  const bytes = bytesOf(source)
  const decoded = decodeUtf16(bytes)
  if (decoded !== undefined)
    yield problem('utf16', WHOLE_FILE, `UTF-16 text, as Windows PowerShell writes with ">": ${UNREADABLE}`)
  const text = decoded ?? bytes
  const withLineFeeds = withLineFeedsForCr(text)
  if (withLineFeeds !== undefined)
    yield problem('cr', WHOLE_FILE, `lines end in CR alone, as on old Macs: ${UNREADABLE}`)
  yield* findProblems(withLineFeeds ?? text, options)
}

const WHOLE_FILE = { line: 0 }
const UNREADABLE = 'no server finds a user in it'
