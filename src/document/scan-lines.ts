// The lines of a password file one by one, with what list, check and fix need to know of each; nothing is kept.
import { decodeSurrogateEscape } from '../bytes.ts'
import { fieldsAfter, LineCursor, type LineKind } from './line.ts'
import { LineIndex } from './line-index.ts'

/** A line of a file. */
export interface ScannedLine {
  /** From 1. */
  readonly line: number
  readonly kind: LineKind
  /** Offsets: of its first byte after a byte order mark, of its newline, of the next line. */
  readonly start: number
  readonly contentEnd: number
  readonly end: number
  readonly lineEnd: '\n' | '\r\n' | ''
  /** Only of a record. */
  readonly record: ScannedRecord | undefined
}

export interface ScannedRecord {
  readonly user: string
  /** One Latin-1 character a byte. */
  readonly hash: string
  /** Offsets of the name and the hash; a third field, with its colon, is between `hashEnd` and the line's `contentEnd`. */
  readonly nameStart: number
  readonly hashStart: number
  readonly hashEnd: number
  /** For a duplicate, the line of the name's first record. */
  readonly first: number | undefined
}

/** @param bytes UTF-8 or ASCII; a byte order mark is not part of a line. */
export function* scanLines(bytes: Buffer): Generator<ScannedLine> {
  const duplicates = new Duplicates(bytes)
  const cursor = new LineCursor(bytes)
  for (let line = 1; cursor.next(); line++) {
    const { start, contentEnd, end, kind } = cursor
    yield {
      line,
      kind,
      start,
      contentEnd,
      end,
      lineEnd: bytes[end - 1] !== 10 ? '' : end - contentEnd > 1 ? '\r\n' : '\n',
      record: kind === 'record' ? recordAt(cursor, duplicates.firstLine(cursor, line)) : undefined,
    }
  }
}

function recordAt(cursor: LineCursor, first: number | undefined): ScannedRecord {
  const { bytes, nameStart, nameEnd } = cursor
  const { hashStart, hashEnd } = fieldsAfter(bytes, nameEnd)
  return {
    user: decodeSurrogateEscape(cursor.name()),
    hash: bytes.toString('latin1', hashStart, hashEnd),
    nameStart,
    hashStart,
    hashEnd,
    first,
  }
}

/** Which records are duplicates; found in advance, so that only their offsets are kept. */
class Duplicates {
  /** From the offset of a later record to that of the first. */
  readonly #firsts: Map<number, number>
  /** From the offset of a first record to its line, set when the scan passes it. */
  readonly #lines = new Map<number, number>()

  constructor(bytes: Buffer) {
    this.#firsts = new Map(new LineIndex(bytes).duplicates())
    for (const first of this.#firsts.values()) this.#lines.set(first, 0)
  }

  firstLine({ nameStart }: LineCursor, line: number): number | undefined {
    if (this.#firsts.size === 0) return undefined
    if (this.#lines.has(nameStart)) this.#lines.set(nameStart, line)
    const first = this.#firsts.get(nameStart)
    return first === undefined ? undefined : this.#lines.get(first)
  }
}
