// What keeps users out at one server: the formats it checks, and how it reads lines, names and duplicates.
import { hasByteOrderMark } from '../bytes.ts'
import { LineCursor } from '../document/line.ts'
import type { ScannedLine, ScannedRecord } from '../document/scan-lines.ts'
import { advice, brokenFormats, type Problem, problem, SET_PASSWORD } from './problem.ts'
import type { Server, ServerName } from './servers.ts'
import { commandFor, serverRow, supports } from './supports.ts'

const HASH_SIGN = 35
const DELETE_THIRD_FIELD = 'delete the second colon and what follows it'
const COLON = 58

/** To be given the lines of a file in their order. */
export class ServerProblems {
  readonly #server: ServerName
  readonly #row: Server
  readonly #bytes: Buffer
  readonly #hasBom: boolean
  /** Where the name of the last record starts, for a server that judges the file by it. */
  readonly #lastRecord: number | undefined
  #reportedCrlf = false

  /** @throws HtpasswdError `ERR_OPTION` for an unknown server. */
  constructor(server: ServerName, bytes: Buffer) {
    this.#server = server
    this.#row = serverRow(server)
    this.#bytes = bytes
    this.#hasBom = hasByteOrderMark(bytes)
    if (this.#row.refusesLast) this.#lastRecord = lastRecord(bytes)
  }

  /** A general problem with advice that works for this server. */
  adapt(found: Problem): Problem {
    const adapted = found.fix === SET_PASSWORD ? { ...found, ...fixWith(commandFor(this.#row)) } : found
    // a server that checks no better format leaves nothing to do
    const hasBetter = Object.keys(this.#row.takes).some(format => !(format in brokenFormats))
    return found.code === 'broken-hash' && !hasBetter ? { ...adapted, severity: 'note' } : adapted
  }

  *problemsIn(line: ScannedLine): Generator<Problem> {
    if (this.#row.byHand === undefined) yield* this.#parsingProblems(line)
    if (line.record !== undefined) yield* this.#loginProblems(line.record, line.line)
  }

  /** How the server parses the line. */
  *#parsingProblems(scanned: ScannedLine): Generator<Problem> {
    const { title, noColon, thirdField, whitespace, crlf } = this.#row
    const { line, kind, start, contentEnd, lineEnd, record } = scanned
    const location = { line, user: record?.user }
    const isFirstAfterBom = this.#hasBom && line === 1
    if (isFirstAfterBom && record !== undefined)
      yield problem(
        'cannot-log-in',
        location,
        `${title} reads the byte order mark as part of the name`,
        advice.bom,
      )
    if (noColon === 'refused' && (kind === 'malformed' || (isFirstAfterBom && record === undefined))) {
      const what = isFirstAfterBom ? 'a byte order mark that no record follows' : 'a line without a colon'
      yield problem('file-refused', location, `${title} refuses the whole file for ${what}`)
    }
    if (noColon === 'refused' && whitespace !== 'trimmed' && this.#isIndented(scanned)) {
      const message = `${title} refuses the whole file for a line that begins with whitespace`
      yield problem('file-refused', location, message, { fix: 'remove the whitespace at its beginning' })
    }
    if (crlf === 'refused' && lineEnd === '\r\n' && !this.#reportedCrlf) {
      this.#reportedCrlf = true
      yield problem('file-refused', { line }, `${title} refuses the whole file for CRLF newlines`, {
        fix: advice.crlf.fix,
      })
    }
    if (record !== undefined && record.nameStart > start && whitespace === 'kept') {
      const message = `${title} reads the whitespace before the name as part of it`
      yield problem('cannot-log-in', location, message, advice.whitespace)
    }
    if (record !== undefined && record.hashEnd < contentEnd && thirdField === 'kept') {
      const message = `${title} reads the third field as part of the hash`
      yield problem('cannot-log-in', location, message, { fix: DELETE_THIRD_FIELD })
    }
    if (record !== undefined && record.hashEnd < contentEnd && thirdField === 'refused') {
      yield problem('file-refused', location, `${title} refuses the whole file for a third field`, {
        fix: DELETE_THIRD_FIELD,
      })
    }
  }

  /** A whitespace-only line or an indented comment: servers that do not trim read it as a record without a colon. */
  #isIndented({ kind, start, contentEnd }: ScannedLine): boolean {
    if (contentEnd === start || (kind !== 'blank' && kind !== 'comment')) return false
    if (this.#bytes[start] === HASH_SIGN) return false
    return this.#row.others === 'refused' || !this.#bytes.subarray(start, contentEnd).includes(COLON)
  }

  /** Whether the server lets the user in. */
  *#loginProblems({ user, hash, first, nameStart }: ScannedRecord, line: number): Generator<Problem> {
    const { title, duplicates, others, names } = this.#row
    const location = { line, user }
    if (names?.like.test(user)) {
      const isRefused = names.effect === 'refused'
      yield problem(isRefused ? 'file-refused' : 'username', location, `${title}: ${names.reason}`, {
        severity: isRefused ? 'problem' : 'note',
        fix: isRefused ? advice.username.fix : 'write "NAME"',
      })
    }
    if (first !== undefined) {
      // the server does not use this record
      if (duplicates === 'first') return
      if (duplicates === 'refused') {
        const message = `${title} refuses a name that is listed twice`
        yield problem('file-refused', location, message, advice['duplicate-user'])
      } else {
        const message = `${title} uses this record, so the password of line ${first} does not work`
        yield problem('duplicate-user', location, message, { fix: 'delete the record that is not wanted' })
      }
    }
    const { ok, reason } = supports(this.#server, hash)
    if (ok) return
    const isRefused = others === 'refused' || nameStart === this.#lastRecord
    const code = isRefused ? 'file-refused' : 'cannot-log-in'
    yield problem(code, location, `cannot log in there: ${reason}`, { fix: commandFor(this.#row) })
  }
}

const fixWith = (fix: string): Pick<Problem, 'fix' | 'mend'> => ({ fix, mend: fix })

function lastRecord(bytes: Buffer): number | undefined {
  let last: number | undefined
  const cursor = new LineCursor(bytes)
  while (cursor.next()) if (cursor.kind === 'record') last = cursor.nameStart
  return last
}
