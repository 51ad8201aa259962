// `fixDocument`: mends what can be mended without a password, and says what it did.

import { encodeSurrogateEscape } from '../bytes.ts'
import { withLineFeedsForCr } from '../document/carriage-returns.ts'
import { bytesOf, type HtpasswdDocument } from '../document/document.ts'
import { hasBom, textStart } from '../document/line.ts'
import { type ScannedLine, type ScannedRecord, scanLines } from '../document/scan-lines.ts'
import { decodeUtf16 } from '../document/utf16.ts'
import { describeHash, singleDollars, withoutBlankBehind } from '../hash/describe.ts'
import { advice, type ProblemCode } from './problem.ts'

const CR = 13
const CRLF = '\r\n'

/** One thing that was fixed. */
export interface Change {
  /** The problem, as `checkDocument` names it. */
  readonly code: ProblemCode
  /** Its line in the old file, from 1; 0 for the whole file. */
  readonly line: number
  readonly user?: string
  /** What was done, for people. */
  readonly message: string
  /** The old line, with its hash cut off after the prefix; with `after`, the new one. */
  readonly before?: string
  readonly after?: string
}

/** What `fixDocument` made of a file. */
export interface Fix {
  /** The fixed file; the given bytes if nothing had to be fixed. */
  readonly bytes: Uint8Array
  readonly changes: readonly Change[]
}

/**
 * Fixes what needs no password in a password file: UTF-16 and a byte order mark become plain UTF-8, newlines become
 * LF, whitespace before names and after hashes is removed, doubled `$` become single ones. Of several records of a user
 * the first one stays, which is the one that Apache and nginx use. Everything else stays byte for byte.
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
  const raw = bytesOf(source)
  const changes: Change[] = []
  const bytes = mendText(raw, changes)
  const pieces: Buffer[] = []
  let copied = 0
  for (const scanned of scanLines(bytes)) {
    const mended = mendLine(bytes, scanned, changes)
    if (mended === undefined) continue
    pieces.push(bytes.subarray(copied, scanned.start), mended)
    copied = scanned.end
  }
  if (changes.length === 0) return { bytes: raw, changes }
  pieces.push(bytes.subarray(copied))
  return { bytes: Buffer.concat(pieces), changes }
}

/** What concerns the text as a whole. */
function mendText(raw: Buffer, changes: Change[]): Buffer {
  const decoded = decodeUtf16(raw)
  if (decoded !== undefined) changes.push({ code: 'utf16', line: 0, message: 'UTF-16 becomes UTF-8' })
  let bytes = decoded ?? raw
  if (hasBom(bytes)) {
    changes.push({ code: 'bom', line: 1, message: 'the byte order mark goes' })
    bytes = bytes.subarray(textStart(bytes))
  }
  const fromCr = withLineFeedsForCr(bytes)
  if (fromCr !== undefined)
    changes.push({ code: 'cr', line: 0, message: 'lines end in LF and no longer in CR' })
  bytes = fromCr ?? bytes
  const { plain, count } = withLineFeeds(bytes)
  if (count > 0) {
    const lines = count === 1 ? '1 line ends' : `${count} lines end`
    changes.push({ code: 'crlf', line: 0, message: `${lines} in LF and no longer in CRLF` })
  }
  return plain
}

/** A copy in which no carriage return stands before a line feed; one pass, for files may have a million lines. */
function withLineFeeds(bytes: Buffer): { plain: Buffer; count: number } {
  const plain = Buffer.allocUnsafe(bytes.length)
  let [length, copied, count] = [0, 0, 0]
  for (let at = bytes.indexOf(CRLF); at >= 0; at = bytes.indexOf(CRLF, copied)) {
    count++
    let end = at
    // a tool that makes LF into CRLF, run twice
    while (end > copied && bytes[end - 1] === CR) end--
    length += bytes.copy(plain, length, copied, end)
    copied = at + 1
  }
  // a CRLF that was cut in two, whose line feed comes with the missing last line end
  let end = bytes.length
  while (end > copied && bytes[end - 1] === CR) end--
  if (end < bytes.length) count++
  if (count === 0) return { plain: bytes, count }
  length += bytes.copy(plain, length, copied, end)
  return { plain: plain.subarray(0, length), count }
}

/** The line as it should be, empty where it goes; undefined where it stays. */
function mendLine(bytes: Buffer, scanned: ScannedLine, changes: Change[]): Buffer | undefined {
  const { line, start, end, lineEnd, record } = scanned
  const mended = record && mendRecord(bytes, scanned, record, changes)
  if (lineEnd !== '' || mended?.length === 0) return mended
  changes.push({ code: 'no-final-newline', line, message: 'the last line gets its line end' })
  return Buffer.concat([mended ?? bytes.subarray(start, end), Buffer.from('\n')])
}

function mendRecord(
  bytes: Buffer,
  { line, start, contentEnd, end }: ScannedLine,
  { user, hash, first, nameStart, hashEnd }: ScannedRecord,
  changes: Change[],
): Buffer | undefined {
  const before = shown(bytes.toString('latin1', start, nameStart) + encodeSurrogateEscape(user), hash)
  const place = { line, user, before }
  if (first !== undefined) {
    changes.push({
      ...place,
      code: 'duplicate-user',
      message: `goes, for line ${first} is the one that counts`,
    })
    return Buffer.alloc(0)
  }
  const { state } = describeHash(hash)
  const mended = mend[state]?.(hash) ?? hash
  const isIndented = nameStart > start
  if (mended === hash && !isIndented) return undefined
  const after = shown(encodeSurrogateEscape(user), mended)
  if (isIndented) changes.push({ ...place, after, code: 'blanks', message: 'the blanks before the name go' })
  if (state === 'blank-behind') {
    changes.push({ ...place, after, code: 'blanks', message: 'the blanks behind the hash go' })
  }
  if (state === 'doubled-dollar') {
    changes.push({ ...place, after, code: state, message: 'every $$ becomes $' })
  }
  const rest = bytes.subarray(hashEnd, contentEnd)
  return Buffer.concat([
    Buffer.from(`${encodeSurrogateEscape(user)}:${mended}`, 'latin1'),
    rest,
    bytes.subarray(contentEnd, end),
  ])
}

const mend: Partial<Record<string, (hash: string) => string>> = {
  'doubled-dollar': singleDollars,
  'blank-behind': withoutBlankBehind,
}

/** A record that can be shown: of a hash only the mark, and of blanks behind it that they are there. */
function shown(key: string, hash: string): string {
  const { state } = describeHash(hash)
  // what looks like a mark there may be the beginning of a password
  const mark = state === 'plain-text' ? '' : (/^(?:\$\$?[\w-]{1,16}\$|\{[\w-]{1,16}\})/.exec(hash)?.[0] ?? '')
  const text = `${Buffer.from(key, 'latin1').toString()}:${mark}`
  return state === 'empty' ? text : `${text}…${/[ \t\v\f\r]+$/.exec(hash)?.[0] ?? ''}`
}

/** The kinds of problems that `fixDocument` mends. */
export const fixable: ReadonlySet<ProblemCode> = new Set(
  (Object.keys(advice) as ProblemCode[]).filter(code => advice[code].mend === advice.bom.mend),
)
