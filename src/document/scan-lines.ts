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
      record: kind === 'record' ? recordAt(cursor, line, duplicates) : undefined,
    }
  }
}

/** The users with their hashes, in file order, one after the other: of several records of one name the first. */
export function* userRecords(bytes: Buffer): Generator<readonly [user: string, hash: string]> {
  for (const { record } of scanLines(bytes)) {
    if (record !== undefined && record.first === undefined) yield [record.user, record.hash]
  }
}

function recordAt(cursor: LineCursor, line: number, duplicates: Duplicates): ScannedRecord {
  const { bytes, nameStart, nameEnd } = cursor
  const { hashStart, hashEnd } = fieldsAfter(bytes, nameEnd)
  const name = cursor.name()
  return {
    user: decodeSurrogateEscape(name),
    hash: bytes.toString('latin1', hashStart, hashEnd),
    nameStart,
    hashStart,
    hashEnd,
    first: duplicates.firstLine(name, nameStart, line),
  }
}

/** Which records are duplicates. */
class Duplicates {
  readonly #index: LineIndex
  /** From the offset of a repeated name's first record to its line, set when the scan passes it. */
  readonly #lines = new Map<number, number>()

  constructor(bytes: Buffer) {
    this.#index = new LineIndex(bytes)
    this.#index.build()
  }

  /** The line of the name's first record if the record at `nameStart` is a later one. */
  firstLine(name: string, nameStart: number, line: number): number | undefined {
    if (!this.#index.hasDuplicates) return undefined
    const first = this.#index.first(name)
    if (first === undefined) return undefined
    if (first !== nameStart) return this.#lines.get(first)
    if (this.#index.isRepeated(first)) this.#lines.set(first, line)
    return undefined
  }
}
