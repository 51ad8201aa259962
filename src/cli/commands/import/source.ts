// Reads the users to import from a file or standard input: encoding, format, and rows with their line numbers.
import { isUtf8 } from 'node:buffer'
import { extname } from 'node:path'
import { type ByteString, decodeSurrogateEscape, decodeUtf16, textStart } from '../../../bytes.ts'
import { withLineFeedsForCr } from '../../../document/encoding.ts'
import { fileKind, kindNames } from '../../../document/file-kind.ts'
import { LineCursor } from '../../../document/line.ts'
import { HtpasswdError } from '../../../errors.ts'
import type { ImportRow, UnreadableRow } from '../../../import/plan.ts'
import { readAnyFile } from '../../../store/read-file.ts'
import type { Io } from '../../terminal/io.ts'
import { printable } from '../../terminal/output.ts'
import { readHeader } from './header.ts'
import { importedUser, type SourceRow, type Values } from './row.ts'

export type SourceFormat = 'csv' | 'jsonl' | 'lines'

interface SourceOptions {
  readonly format: SourceFormat | undefined
  readonly values: Values
}

interface ImportSource {
  readonly rows: Iterable<ImportRow<ByteString> | UnreadableRow>
  /** Harmless facts that the user should know. */
  readonly notes: readonly string[]
}

/** @param path standard input if it is missing or `-`. */
export async function readSource(
  path: string | undefined,
  { format, values }: SourceOptions,
  io: Io,
): Promise<ImportSource> {
  const name = path === '-' ? undefined : path
  if (name === undefined && io.isTerminal(0)) {
    const end = io.platform === 'win32' ? 'Ctrl-Z and Enter' : 'Ctrl-D'
    io.err(`reading names from the keyboard, end with ${end}\n`)
  }
  const bytes = decoded(name === undefined ? io.readAll(Number.POSITIVE_INFINITY) : readAnyFile(name))
  const known = format ?? formatOf(name, bytes)
  if (known === 'lines' && values === 'auto' && isGroupFile(bytes))
    throw new HtpasswdError('ERR_RECORD', `expected users with passwords or hashes, got ${kindNames.group}`)
  const { rows, notes } = await readRows(bytes, known)
  return { rows: importedUsers(rows, values), notes }
}

function* importedUsers(
  rows: Iterable<SourceRow | UnreadableRow>,
  values: Values,
): Generator<ImportRow<ByteString> | UnreadableRow> {
  for (const row of rows) yield 'problem' in row ? row : importedUser(row, values)
}

/** As UTF-8 without a byte order mark; PowerShell and Excel's "Unicode text" write UTF-16. */
function decoded(bytes: Buffer): Buffer {
  const text = decodeUtf16(bytes) ?? bytes.subarray(textStart(bytes))
  return withLineFeedsForCr(text) ?? text
}

/** A passphrase also has several words, but seldom begins with a space. */
const isGroupFile = (bytes: Buffer): boolean =>
  fileKind(bytes) === 'group' && /^[^:\n]*:[ \t]+\S+[ \t]+\S/m.test(bytes.toString('latin1'))

const endings: Readonly<Record<string, SourceFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.json': 'jsonl',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

/**
 * Whether a single argument is SOURCE and not the password file: standard input, or a name that no password file has.
 */
export const isSourceName = (name: string): boolean => name === '-' || extname(name).toLowerCase() in endings

function formatOf(path: string | undefined, bytes: Buffer): SourceFormat {
  const known = endings[extname(path ?? '').toLowerCase()]
  if (known !== undefined) return known
  const cursor = new LineCursor(bytes)
  while (cursor.next()) {
    if (cursor.kind === 'blank' || cursor.kind === 'comment') continue
    const line = bytes.toString('latin1', cursor.nameStart, cursor.contentEnd)
    if (/^[{[]/.test(line)) return 'jsonl'
    return /^[^,;\t]*:/.test(line) ? 'lines' : 'csv'
  }
  return 'lines'
}

async function readRows(
  bytes: Buffer,
  format: SourceFormat,
): Promise<{ rows: Iterable<SourceRow | UnreadableRow>; notes: string[] }> {
  if (format === 'lines') return { rows: readLines(bytes), notes: [] }
  // letters in another encoding would become part of a password that nobody can type
  if (!isUtf8(bytes))
    throw new HtpasswdError(
      'ERR_RECORD',
      'expected text in UTF-8 or UTF-16, got another encoding; in Excel save it as "CSV UTF-8"',
    )
  if (format === 'jsonl') {
    const { readJsonLines } = await import('./json.ts')
    return { rows: readJsonLines(bytes), notes: [] }
  }
  const { readCsv } = await import('./csv.ts')
  const { rows, unused } = await readCsv(bytes)
  return {
    rows,
    notes: unused.length === 0 ? [] : [`columns that are ignored: ${unused.map(printable).join(', ')}`],
  }
}

/** `user:password` or `user:hash`, such as another password file. Passwords may be any bytes. */
export function* readLines(bytes: Buffer): Generator<SourceRow | UnreadableRow> {
  const cursor = new LineCursor(bytes)
  let role: 'value' | 'password' | 'hash' | undefined
  for (let line = 1; cursor.next(); line++) {
    if (cursor.kind === 'malformed')
      yield { line, problem: 'expected "user:password" or "user:hash", got no colon' }
    if (cursor.kind !== 'record') continue
    const user = decodeSurrogateEscape(cursor.name())
    const value = bytes.toString('latin1', cursor.nameEnd + 1, cursor.contentEnd) as ByteString
    if (role === undefined) {
      const header = headerOfLine(user, value)
      role = header?.role ?? 'value'
      if (header?.problem !== undefined) yield { line, problem: header.problem }
      if (header !== undefined) continue
    }
    yield { line, user, [role]: value }
  }
}

/** The order of the fields, if the first line is a header. */
function headerOfLine(
  user: string,
  value: ByteString,
): { role?: 'password' | 'hash'; problem?: string } | undefined {
  const cells = [user, ...decodeSurrogateEscape(value).split(':')]
  const header = readHeader(cells)
  if (header === undefined) return undefined
  const { password, hash } = 'columns' in header ? header.columns : {}
  // "mail:…" is more likely a user than a header without a password
  if (password === undefined && hash === undefined)
    return 'problem' in header && header.isSure ? header : undefined
  if (cells.length === 2 && password === 1) return { role: 'password' }
  if (cells.length === 2 && hash === 1) return { role: 'hash' }
  return { problem: 'expected "user:password" or "user:hash" in the header, got other fields' }
}
