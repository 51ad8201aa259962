// `fixDocument`: repairs what needs no password, and says what it changed.

import { decodeUtf16, encodeSurrogateEscape, hasByteOrderMark, textStart } from '../bytes.ts'
import { bytesOf, type HtpasswdDocument } from '../document/document.ts'
import { withLineFeedsForCr } from '../document/encoding.ts'
import { fileKind } from '../document/file-kind.ts'
import { type ScannedLine, type ScannedRecord, scanLines } from '../document/scan-lines.ts'
import { describeHash, singleDollars, trimTrailingWhitespace } from '../hash/describe.ts'
import type { ProblemCode } from './problem.ts'

const CR = 13
const CRLF = '\r\n'

/** One thing that was repaired. */
export interface Change {
  /** The problem, as `checkDocument` calls it. */
  readonly code: ProblemCode
  /** In the original file, from 1; 0 for the file as a whole. */
  readonly line: number
  /** Whose record it was; missing for the file as a whole. */
  readonly user?: string
  /** What was done, for people. */
  readonly message: string
  /** The line as it was, its hash cut off after the prefix. */
  readonly before?: string
  /** The line as it is now; missing if it was removed. */
  readonly after?: string
}

/** The result of `fixDocument`. */
export interface Fix {
  /** The repaired file; the original bytes if there was nothing to repair. */
  readonly bytes: Uint8Array
  /** What was done, in the order of the lines; empty if there was nothing to repair. */
  readonly changes: readonly Change[]
}

/**
 * Repairs a password file as far as that needs no password: UTF-16 and a byte order mark become plain UTF-8, every line
 * ends in a line feed, whitespace before names and after hashes is removed, `$$` becomes `$`. Of several records of one
 * name the first is kept, the one that Apache and nginx use. Everything else stays byte for byte.
 *
 * @param source a document, or the bytes or text of a file.
 *
 * @example
 * ```js
 * import { fixDocument } from 'htpasswd-kit'
 *
 * const { bytes, changes } = fixDocument('alice:{SHA}w3QkzGJswDXW5OKZHAJw0FELjfM=\r\n')
 * console.log(Buffer.from(bytes).includes('\r'), changes.map(({ code }) => code))
 * ```
 *
 * ```text
 * false [ 'crlf' ]
 * ```
 */
export function fixDocument(source: HtpasswdDocument | string | Uint8Array): Fix {
  const original = bytesOf(source)
  const changes: Change[] = []
  const bytes = fixEncoding(original, changes)
  const chunks: Buffer[] = []
  let copied = 0
  // the lines of a digest file or group file are not records: only newlines are repaired
  const hasRecords = fileKind(bytes) === 'password'
  for (const line of scanLines(bytes)) {
    const fixed = fixLine(bytes, hasRecords ? line : { ...line, record: undefined }, changes)
    if (fixed === undefined) continue
    chunks.push(bytes.subarray(copied, line.start), fixed)
    copied = line.end
  }
  if (changes.length === 0) return { bytes: original, changes }
  chunks.push(bytes.subarray(copied))
  return { bytes: Buffer.concat(chunks), changes }
}

/** Encoding and newlines. */
function fixEncoding(original: Buffer, changes: Change[]): Buffer {
  const decoded = decodeUtf16(original)
  if (decoded !== undefined)
    changes.push({ code: 'utf16', line: 0, message: 'converted from UTF-16 to UTF-8' })
  let bytes = decoded ?? original
  if (hasByteOrderMark(bytes)) {
    changes.push({ code: 'bom', line: 1, message: 'removed: byte order mark' })
    bytes = bytes.subarray(textStart(bytes))
  }
  const fromCr = withLineFeedsForCr(bytes)
  if (fromCr !== undefined) changes.push({ code: 'cr', line: 0, message: 'newlines changed from CR to LF' })
  const { text, count } = withLineFeeds(fromCr ?? bytes)
  if (count > 0) {
    const newlines = count === 1 ? '1 newline' : `${count} newlines`
    changes.push({ code: 'crlf', line: 0, message: `${newlines} changed from CRLF to LF` })
  }
  return text
}

/** A copy without carriage returns before line feeds; one pass, because files may have a million lines. */
function withLineFeeds(bytes: Buffer): { text: Buffer; count: number } {
  const text = Buffer.allocUnsafe(bytes.length)
  let [length, copied, count] = [0, 0, 0]
  for (let at = bytes.indexOf(CRLF); at >= 0; at = bytes.indexOf(CRLF, copied)) {
    count++
    let end = at
    // CR CR LF: a tool that changes LF to CRLF was run twice
    while (end > copied && bytes[end - 1] === CR) end--
    length += bytes.copy(text, length, copied, end)
    copied = at + 1
  }
  // a CR at the very end: fixLine adds the line feed of the last line
  let end = bytes.length
  while (end > copied && bytes[end - 1] === CR) end--
  if (end < bytes.length) count++
  if (count === 0) return { text: bytes, count }
  length += bytes.copy(text, length, copied, end)
  return { text: text.subarray(0, length), count }
}

/** The repaired line, empty if it is removed; undefined if it needs no change. */
function fixLine(bytes: Buffer, line: ScannedLine, changes: Change[]): Buffer | undefined {
  const { start, end, lineEnd, record } = line
  const fixed = record && fixRecord(bytes, line, record, changes)
  if (lineEnd !== '' || fixed?.length === 0) return fixed
  changes.push({ code: 'no-final-newline', line: line.line, message: 'added: newline at the end' })
  return Buffer.concat([fixed ?? bytes.subarray(start, end), Buffer.from('\n')])
}

function fixRecord(
  bytes: Buffer,
  { line, start, contentEnd, end }: ScannedLine,
  { user, hash, first, nameStart, hashEnd }: ScannedRecord,
  changes: Change[],
): Buffer | undefined {
  const name = encodeSurrogateEscape(user)
  const before = withoutSecret(bytes.toString('latin1', start, nameStart) + name, hash)
  const location = { line, user, before }
  if (first !== undefined) {
    changes.push({ ...location, code: 'duplicate-user', message: `removed: duplicate of line ${first}` })
    return Buffer.alloc(0)
  }
  const { state } = describeHash(hash)
  const fixedHash = hashFixes[state]?.(hash) ?? hash
  const isIndented = nameStart > start
  if (fixedHash === hash && !isIndented) return undefined
  const change = { ...location, after: withoutSecret(name, fixedHash) }
  if (isIndented)
    changes.push({ ...change, code: 'whitespace', message: 'removed: whitespace before the name' })
  if (state === 'trailing-whitespace')
    changes.push({ ...change, code: 'whitespace', message: 'removed: whitespace after the hash' })
  if (state === 'escaped-dollars') changes.push({ ...change, code: state, message: 'every $$ changed to $' })
  const rest = bytes.subarray(hashEnd, contentEnd)
  return Buffer.concat([Buffer.from(`${name}:${fixedHash}`, 'latin1'), rest, bytes.subarray(contentEnd, end)])
}

const hashFixes: Partial<Record<string, (hash: string) => string>> = {
  'escaped-dollars': singleDollars,
  'trailing-whitespace': trimTrailingWhitespace,
}

/** A record that can be shown: of the hash only its prefix, and the whitespace after it. */
function withoutSecret(name: string, hash: string): string {
  const { state } = describeHash(hash)
  // what looks like a prefix there may be the beginning of a password
  const prefix =
    state === 'plaintext' ? '' : (/^(?:\$\$?[\w-]{1,16}\$|\{[\w-]{1,16}\})/.exec(hash)?.[0] ?? '')
  const text = `${Buffer.from(name, 'latin1').toString()}:${prefix}`
  return state === 'empty' ? text : `${text}…${hash.slice(trimTrailingWhitespace(hash).length)}`
}
