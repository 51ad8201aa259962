// What keeps users out at one server: its hashes, and how it reads lines, names and duplicates.
import { hasBom, LineCursor } from '../document/line.ts'
import type { ScannedLine, ScannedRecord } from '../document/scan-lines.ts'
import { advice, brokenFormats, type Problem, problem, SET } from './problem.ts'
import type { Target, TargetRow } from './servers.ts'
import { commandFor, supports, targetRow } from './supports.ts'

const HASH_SIGN = 35
const COLON = 58

/** Given the lines of a file in turn. */
export class TargetProblems {
  readonly #target: Target
  readonly #row: TargetRow
  readonly #bytes: Buffer
  readonly #hasBom: boolean
  /** Where the name of the last record stands, for a server that minds. */
  readonly #lastRecord: number | undefined
  #saidCrlf = false

  /** @throws HtpasswdError `ERR_OPTION` for a name that is none of a server. */
  constructor(target: Target, bytes: Buffer) {
    this.#target = target
    this.#row = targetRow(target)
    this.#bytes = bytes
    this.#hasBom = hasBom(bytes)
    if (this.#row.refusesLast) this.#lastRecord = lastRecord(bytes)
  }

  /** A problem of the text as it stands for this server: mended by what gets in there. */
  adapt(one: Problem): Problem {
    const mended = one.mend === SET ? { ...one, mend: commandFor(this.#row) } : one
    // where it knows no better format there is nothing to mend
    const hasBetter = Object.keys(this.#row.takes).some(format => !(format in brokenFormats))
    return one.code === 'broken-hash' && !hasBetter ? { ...mended, severity: 'note' } : mended
  }

  *of(line: ScannedLine): Generator<Problem> {
    if (this.#row.byHand === undefined) yield* this.#readingOf(line)
    if (line.record !== undefined) yield* this.#loginOf(line.record, line.line)
  }

  /** How the server takes the file apart. */
  *#readingOf(scanned: ScannedLine): Generator<Problem> {
    const { title, noColon, thirdField, blanks, crlf } = this.#row
    const { line, kind, start, contentEnd, lineEnd, record } = scanned
    const place = { line, user: record?.user }
    const isMarked = this.#hasBom && line === 1
    if (isMarked && record !== undefined) {
      yield problem('cannot-log-in', place, `at ${title} the byte order mark is part of the name`, advice.bom)
    }
    if (noColon === 'refused' && (kind === 'malformed' || (isMarked && record === undefined))) {
      const what = isMarked ? 'a byte order mark and no record behind it' : 'a line without a colon'
      yield problem('file-refused', place, `${title} refuses the whole file for ${what}`)
    }
    if (noColon === 'refused' && blanks !== 'cut' && this.#isIndented(scanned)) {
      yield problem(
        'file-refused',
        place,
        `${title} refuses the whole file for a line that begins with a blank`,
        {
          mend: 'take out the blanks before it',
        },
      )
    }
    if (crlf === 'refused' && lineEnd === '\r\n' && !this.#saidCrlf) {
      this.#saidCrlf = true
      yield problem(
        'file-refused',
        { line },
        `${title} refuses the whole file for lines that end in CRLF`,
        advice.crlf,
      )
    }
    if (record !== undefined && record.nameStart > start && blanks === 'kept') {
      yield problem(
        'cannot-log-in',
        place,
        `at ${title} the blanks before the name are part of it`,
        advice.blanks,
      )
    }
    if (record !== undefined && record.hashEnd < contentEnd && thirdField === 'refused') {
      yield problem('file-refused', place, `${title} refuses the whole file for a third field`, {
        mend: 'take out the second colon and what is behind it',
      })
    }
  }

  /** A line of blanks, or a comment behind some: to whoever does not cut them off it is a record that lacks its colon. */
  #isIndented({ kind, start, contentEnd }: ScannedLine): boolean {
    if (contentEnd === start || (kind !== 'blank' && kind !== 'comment')) return false
    if (this.#bytes[start] === HASH_SIGN) return false
    return this.#row.others === 'refused' || !this.#bytes.subarray(start, contentEnd).includes(COLON)
  }

  /** Whether the user gets in there. */
  *#loginOf({ user, hash, first, nameStart }: ScannedRecord, line: number): Generator<Problem> {
    const { title, duplicates, others, names } = this.#row
    const place = { line, user }
    if (names?.like.test(user)) {
      const isRefused = names.effect === 'refused'
      yield problem(isRefused ? 'file-refused' : 'username', place, `at ${title} ${names.reason}`, {
        severity: isRefused ? 'problem' : 'note',
        mend: isRefused ? advice.username.mend : 'write "NAME"',
      })
    }
    if (first !== undefined) {
      // such a record is not looked at
      if (duplicates === 'first') return
      if (duplicates === 'refused')
        yield problem(
          'file-refused',
          place,
          `${title} refuses a name that comes twice`,
          advice['duplicate-user'],
        )
      else {
        const message = `${title} counts this record and not the one of line ${first}, whose password does not get in`
        yield problem('duplicate-user', place, message, { mend: 'take out the record that is not wanted' })
      }
    }
    const { ok, reason } = supports(this.#target, hash)
    if (ok) return
    const isRefused = others === 'refused' || nameStart === this.#lastRecord
    const code = isRefused ? 'file-refused' : 'cannot-log-in'
    yield problem(code, place, `cannot log in there: ${reason}`, { mend: commandFor(this.#row) })
  }
}

function lastRecord(bytes: Buffer): number | undefined {
  let last: number | undefined
  const cursor = new LineCursor(bytes)
  while (cursor.next()) if (cursor.kind === 'record') last = cursor.nameStart
  return last
}
