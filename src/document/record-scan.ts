// One look through a file that comes in parts, for a reader that wants one record and keeps nothing: a file of a
// million users is read faster than Apache's command reads it, start of Node included.
import { fieldsBehind, LineCursor, textStart } from './line.ts'
import { rejectUtf16 } from './utf16.ts'

const LF = 10
const COLON = 58
const SPACE = 32

/** Finds a user's first record, and the first line that is no record, comment or blank line. */
export class RecordScan {
  readonly #key: string | undefined
  #isBegun = false
  /** The stored hash, one Latin-1 character a byte; undefined as long as no record was found. */
  hash: string | undefined
  /** Whether such a line stands before the user's record, or behind it. */
  malformed: 'before' | 'behind' | undefined

  /** @param key the user's name as `encodeSurrogateEscape` gives it; none looks for malformed lines only. */
  constructor(key?: string) {
    this.#key = key
  }

  /** Looks through the next lines, each with its line feed; only the last of the file may lack it. */
  take(lines: Buffer): void {
    if (!this.#isBegun) rejectUtf16(lines)
    const cursor = new LineCursor(lines, this.#isBegun ? 0 : textStart(lines))
    this.#isBegun = true
    const name = this.#key === undefined ? undefined : Buffer.from(this.#key, 'latin1')
    cursor.end = skipRecords(lines, cursor.end, name)
    while (cursor.next()) {
      if (cursor.kind === 'malformed') this.malformed ??= this.hash === undefined ? 'before' : 'behind'
      if (cursor.kind === 'record' && cursor.name() === this.#key) {
        const { hashStart, hashEnd } = fieldsBehind(lines, cursor.nameEnd)
        this.hash ??= lines.toString('latin1', hashStart, hashEnd)
      }
      cursor.end = skipRecords(lines, cursor.end, name)
    }
  }
}

/** The start of the next line that is not surely the record of another user; made for speed, so it may stop early. */
function skipRecords(bytes: Buffer, start: number, name: Buffer | undefined): number {
  if (name?.length === 0) return start
  // the last line may lack its line feed
  const limit = bytes.lastIndexOf(LF) + 1
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  // names that stand together often begin alike
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

/** In a line feed neither of the bits 5 and 6 is set, in a byte of other text one of them is. */
const TEXT_BITS = 0x40404040

/** Whether some byte may be a line feed: four of them in one step, and false is sure. */
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
