// The fields of one line in the bytes of a password file, as offsets.
import { type ByteString, textStart } from '../bytes.ts'

const LF = 10
const CR = 13
const COLON = 58
const HASH_SIGN = 35

// isspace() in the C locale except for the line feed: what Apache's command skips before a name
export const isBlank = (byte: number | undefined): boolean =>
  byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13 && byte !== LF)

export type LineKind = 'record' | 'comment' | 'blank' | 'malformed'

/**
 * A cursor over lines. `next` overwrites its fields, which are offsets, so a file of a million lines makes no objects.
 *
 *     blanks name ":" hash [ ":" rest ] [ CR ] LF
 */
export class LineCursor {
  readonly bytes: Buffer
  kind: LineKind = 'blank'
  /** First byte of the line, after a byte order mark. */
  start = 0
  nameStart = 0
  /** The first colon of a record. */
  nameEnd = 0
  /** Where the newline begins. */
  contentEnd = 0
  /** After the newline. */
  end: number

  constructor(bytes: Buffer, from = textStart(bytes)) {
    this.bytes = bytes
    this.end = from
  }

  next(): boolean {
    const { bytes } = this
    this.start = this.end
    if (this.start >= bytes.length) return false
    let at = this.start
    while (isBlank(bytes[at])) at++
    this.nameStart = at
    // byte by byte to the colon, which is near; one native call to the newline, which is not
    while (at < bytes.length && bytes[at] !== COLON && bytes[at] !== LF) at++
    this.nameEnd = at
    const lineFeed = bytes.indexOf(LF, at)
    this.end = lineFeed < 0 ? bytes.length : lineFeed + 1
    this.contentEnd = lineFeed < 0 ? bytes.length : lineFeed
    if (this.contentEnd > this.start && bytes[this.contentEnd - 1] === CR) this.contentEnd--
    const isComment = bytes[this.nameStart] === HASH_SIGN
    if (this.nameStart >= this.contentEnd) this.kind = 'blank'
    else if (isComment) this.kind = 'comment'
    else this.kind = bytes[at] === COLON ? 'record' : 'malformed'
    return true
  }

  /** The name's bytes, one Latin-1 character each. */
  name(): ByteString {
    return this.bytes.toString('latin1', this.nameStart, this.nameEnd) as ByteString
  }
}

/** Offsets of what follows a record's first colon. */
export interface Fields {
  readonly hashStart: number
  /** The second colon, or the end of the content. */
  readonly hashEnd: number
  readonly contentEnd: number
  /** After the newline. */
  readonly end: number
}

/** The fields after the first colon of a record. Apache's server and nginx end the hash at a second colon. */
export function fieldsAfter(bytes: Buffer, colon: number): Fields {
  let at = colon + 1
  while (at < bytes.length && bytes[at] !== COLON && bytes[at] !== LF) at++
  const lineFeed = bytes[at] === COLON ? bytes.indexOf(LF, at) : at
  const end = lineFeed < 0 || lineFeed >= bytes.length ? bytes.length : lineFeed + 1
  let contentEnd = end > 0 && bytes[end - 1] === LF ? end - 1 : end
  if (contentEnd > colon + 1 && bytes[contentEnd - 1] === CR) contentEnd--
  return { hashStart: colon + 1, hashEnd: Math.min(at, contentEnd), contentEnd, end }
}

/** The first byte of the line whose name starts at `nameStart`. */
export function lineStart(bytes: Buffer, nameStart: number): number {
  let at = nameStart
  while (at > 0 && isBlank(bytes[at - 1])) at--
  return at
}
