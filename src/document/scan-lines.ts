// All lines of a password file in turn, each record with what a list or a check wants to know of it; nothing is kept.
import { decodeSurrogateEscape } from '../bytes.ts'
import { fieldsBehind, LineCursor, type LineKind } from './line.ts'
import { LineIndex } from './line-index.ts'

/** A line of a file. */
export interface ScannedLine {
  /** From 1. */
  readonly line: number
  readonly kind: LineKind
  /** Where it begins, behind a byte order mark; where its end begins; where the next line does. */
  readonly start: number
  readonly contentEnd: number
  readonly end: number
  readonly lineEnd: '\n' | '\r\n' | ''
  /** Of a record alone. */
  readonly record: ScannedRecord | undefined
}

export interface ScannedRecord {
  readonly user: string
  /** One Latin-1 character a byte. */
  readonly hash: string
  /** Where the name and the hash stand; a third field, with its colon, is between `hashEnd` and the line's `contentEnd`. */
  readonly nameStart: number
  readonly hashStart: number
  readonly hashEnd: number
  /** The line of the name's first record, where this is a later one. */
  readonly first: number | undefined
}

/** @param bytes UTF-8 or ASCII; a byte order mark belongs to no line. */
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
  const { hashStart, hashEnd } = fieldsBehind(bytes, nameEnd)
  return {
    user: decodeSurrogateEscape(cursor.name()),
    hash: bytes.toString('latin1', hashStart, hashEnd),
    nameStart,
    hashStart,
    hashEnd,
    first,
  }
}

/** Which records repeat a name: found beforehand, so that only the lines of such names are kept. */
class Duplicates {
  /** From the offset of a later record to that of the first. */
  readonly #firsts = new Map<number, number>()
  /** From the offset of a first record to its line, once that was passed. */
  readonly #lines = new Map<number, number>()

  constructor(bytes: Buffer) {
    const index = new LineIndex(bytes)
    index.build()
    const cursor = new LineCursor(bytes)
    while (cursor.next()) {
      if (cursor.kind !== 'record') continue
      const first = index.first(cursor.name())
      if (first === undefined || first === cursor.nameStart) continue
      this.#firsts.set(cursor.nameStart, first)
      this.#lines.set(first, 0)
    }
  }

  firstLine({ nameStart }: LineCursor, line: number): number | undefined {
    if (this.#lines.has(nameStart)) this.#lines.set(nameStart, line)
    const first = this.#firsts.get(nameStart)
    return first === undefined ? undefined : this.#lines.get(first)
  }
}
