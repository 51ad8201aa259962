// `checkDocument`: everything that is wrong with a password file, also where it is no text that we could edit.

import { withLineFeedsForCr } from '../document/carriage-returns.ts'
import { bytesOf, type HtpasswdDocument } from '../document/document.ts'
import { decodeUtf16 } from '../document/utf16.ts'
import { rejectUnknownKeys } from '../errors.ts'
import { type Problem, problem } from './problem.ts'
import { findProblems } from './problems.ts'
import type { Target } from './servers.ts'

/** How a file is checked. */
export interface CheckOptions {
  /** A server: also lists who cannot log in there, and why. */
  readonly for?: Target
}

/**
 * Lists the problems of a password file in the order of their lines: damaged, duplicate or malformed records, plain text,
 * broken formats, byte order marks and newlines that other programs misread, and with `for` which users cannot log in at
 * one server. UTF-16 is one of the problems, not an error.
 *
 * @param source a document, or the bytes or text of a file.
 * @returns one problem at a time, so that a file of a million users needs no list. The messages contain no hash.
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
  rejectUnknownKeys('CheckOptions', options, ['for'])
  const raw = bytesOf(source)
  const decoded = decodeUtf16(raw)
  if (decoded !== undefined)
    yield problem('utf16', WHOLE, `UTF-16 text, as Windows PowerShell writes with ">": ${NOBODY}`)
  const text = decoded ?? raw
  const mended = withLineFeedsForCr(text)
  if (mended !== undefined)
    yield problem('cr', WHOLE, `lines that end in CR alone, as on old Macs: ${NOBODY}`)
  yield* findProblems(mended ?? text, options.for)
}

const WHOLE = { line: 0 }
const NOBODY = 'no server finds a user in it'
