// Text in which no server finds a user: UTF-16, and lines that end in CR alone.
import { textStart, utf16Encoding } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'

const LF = 10
const CR = 13

/** @throws HtpasswdError `ERR_UTF16`. */
export function rejectUtf16(bytes: Buffer): void {
  if (utf16Encoding(bytes) === undefined) return
  throw new HtpasswdError(
    'ERR_UTF16',
    'expected UTF-8 or ASCII text, got UTF-16, as Windows PowerShell writes with ">". ' +
      'Fix it with: htpasswd fix FILE (or save the file as UTF-8 in an editor)',
  )
}

const isLine = (text: string): boolean => /:|^\s*#|^\s*$/.test(text)
// the blanks before a name are those that Apache's isspace() skips
const isRecord = (text: string): boolean => /^[ \t\v\f]*[^\s#:][^:]*:\S/.test(text)

/**
 * Whether a line is several lines whose only separator is CR, as old Macs wrote them: at least two records and nothing
 * else but comments and blank lines. Servers read it as one record, so a change of that record would remove the others.
 */
export function isJoinedByCr(line: string): boolean {
  if (!line.includes('\r')) return false
  const parts = line.split('\r')
  return parts.filter(isRecord).length > 1 && parts.every(isLine)
}

/** The text with LF for each CR that alone ends a line; undefined if there is none. */
export function withLineFeedsForCr(bytes: Buffer): Buffer | undefined {
  if (!bytes.includes(CR)) return undefined
  if (!bytes.includes(LF)) {
    if (!bytes.toString('latin1', textStart(bytes)).split('\r').every(isLine)) return undefined
    return bytes.map(byte => (byte === CR ? LF : byte)) as Buffer
  }
  let fixed: Buffer | undefined
  let end = 0
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, end)) {
    // the usual CRLF is passed over without a look at the line
    end = at + 1
    if (bytes[end] === LF) continue
    const start = bytes.lastIndexOf(LF, at) + 1
    const lineFeed = bytes.indexOf(LF, at)
    end = lineFeed < 0 ? bytes.length : lineFeed
    let contentEnd = end
    while (contentEnd > start && bytes[contentEnd - 1] === CR) contentEnd--
    if (!isJoinedByCr(bytes.toString('latin1', start, contentEnd))) continue
    fixed ??= Buffer.from(bytes)
    for (let i = start; i < contentEnd; i++) if (fixed[i] === CR) fixed[i] = LF
  }
  return fixed
}

/**
 * Rejects a change of the line that begins at `at`.
 *
 * @throws HtpasswdError `ERR_RECORD`.
 */
export function rejectJoinedByCr(bytes: Buffer, at: number): void {
  const lineFeed = bytes.indexOf(LF, at)
  const end = lineFeed < 0 ? bytes.length : lineFeed
  // hardly any line has a CR, and bytes are searched faster than text is made
  if (!bytes.subarray(at, end).includes(CR) || !isJoinedByCr(bytes.toString('latin1', at, end))) return
  throw new HtpasswdError(
    'ERR_RECORD',
    'lines end in CR alone, as on old Macs, so a change would remove other users. ' +
      'Fix the file first with: htpasswd fix FILE',
  )
}
