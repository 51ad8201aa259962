// One pass over a file that arrives in parts, for a reader that needs one record: it keeps nothing, so a file of a
// million users is read faster than by Apache's command, even with the start of Node.
import { textStart } from '../bytes.ts'
import { rejectUtf16 } from './encoding.ts'
import { fieldsAfter, LineCursor } from './line.ts'

const LF = 10
const COLON = 58
const SPACE = 32

/** Finds a user's first record, and the first line that is no record, comment or blank line. */
export class RecordScan {
  readonly #key: string | undefined
  #isBegun = false
  /** The stored hash, one Latin-1 character a byte; undefined until a record is found. */
  hash: string | undefined
  /** Whether a malformed line is before the user's record or after it. */
  malformed: 'before' | 'after' | undefined

  /** @param key the user's name as `encodeSurrogateEscape` gives it; without it, only malformed lines are looked for. */
  constructor(key?: string) {
    this.#key = key
  }

  /** Scans the next lines, each with its line feed; only the last line of the file may lack it. */
  take(lines: Buffer): void {
    if (!this.#isBegun) rejectUtf16(lines)
    const cursor = new LineCursor(lines, this.#isBegun ? 0 : textStart(lines))
    this.#isBegun = true
    const name = this.#key === undefined ? undefined : Buffer.from(this.#key, 'latin1')
    cursor.end = skipRecords(lines, cursor.end, name)
    while (cursor.next()) {
      if (cursor.kind === 'malformed') this.malformed ??= this.hash === undefined ? 'before' : 'after'
      if (cursor.kind === 'record' && cursor.name() === this.#key) {
        const { hashStart, hashEnd } = fieldsAfter(lines, cursor.nameEnd)
        this.hash ??= lines.toString('latin1', hashStart, hashEnd)
      }
      cursor.end = skipRecords(lines, cursor.end, name)
    }
  }
}

/** The start of the next line that may not be the record of another user; written for speed, so it may stop early. */
function skipRecords(bytes: Buffer, start: number, name: Buffer | undefined): number {
  if (name?.length === 0) return start
  // the last line may lack its line feed
  const limit = bytes.lastIndexOf(LF) + 1
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  // neighbouring names often begin alike, so the last byte is compared first
  const lastByte = name?.at(-1)
  const ownLength = name?.length ?? 0
  // most lines are as long as the one before
  let nameLength = 0
  let restLength = 0
  let at = start
  while (at < limit && (bytes[at] as number) > SPACE) {
    let end = at + nameLength + restLength
    if (
      end >= limit ||
      bytes[at + nameLength] !== COLON ||
      bytes[end] !== LF ||
      hasLineFeed(words, at, end)
    ) {
      let colon = at
      while (bytes[colon] !== COLON && bytes[colon] !== LF) colon++
      if (bytes[colon] === LF) break
      end = colon + restLength
      if (end >= limit || bytes[end] !== LF || hasLineFeed(words, colon, end)) end = bytes.indexOf(LF, colon)
      nameLength = colon - at
      restLength = end - colon
    }
    if (bytes[at + ownLength] === COLON && bytes[at + ownLength - 1] === lastByte && isAt(bytes, at, name))
      break
    at = end + 1
  }
  return at
}

/** In a line feed neither bit 5 nor bit 6 is set; in any other byte of text one of them is. */
const TEXT_BITS = 0x40404040

/** Whether some byte may be a line feed, four bytes a step; false is certain. */
function hasLineFeed(words: DataView, start: number, end: number): boolean {
  if (end - start < 4) return true
  const last = words.getInt32(end - 4)
  let bits = last | (last << 1)
  for (let at = start; at < end - 4; at += 4) {
    const word = words.getInt32(at)
    bits &= word | (word << 1)
  }
  return (bits & TEXT_BITS) !== TEXT_BITS
}

function isAt(bytes: Buffer, start: number, name: Buffer | undefined): boolean {
  if (name === undefined) return false
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false
  return true
}
