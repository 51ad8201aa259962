// What is imported, out of a file or standard input: its encoding, its format, its rows with their lines.
import { isUtf8 } from 'node:buffer'
import { extname } from 'node:path'
import { type ByteString, decodeUtf16, textStart } from '../../../bytes.ts'
import { LineCursor } from '../../../document/line.ts'
import { HtpasswdError } from '../../../errors.ts'
import type { ImportRow, UnreadableRow } from '../../../import/plan.ts'
import { readAnyFile } from '../../../store/read-file.ts'
import type { Io } from '../../terminal/io.ts'
import { printable } from '../../terminal/output.ts'
import { importedUser, type SourceRow, type Values } from './row.ts'

export type SourceFormat = 'csv' | 'jsonl' | 'lines'

interface SourceOptions {
  readonly format: SourceFormat | undefined
  readonly values: Values
}

interface ImportSource {
  readonly rows: Iterable<ImportRow<ByteString> | UnreadableRow>
  /** What the user should know of it, though it is no mistake. */
  readonly notes: readonly string[]
}

/** @param path standard input where it is missing or `-`. */
export async function readSource(
  path: string | undefined,
  { format, values }: SourceOptions,
  io: Io,
): Promise<ImportSource> {
  const name = path === '-' ? undefined : path
  const bytes = decoded(name === undefined ? io.readAll(Number.POSITIVE_INFINITY) : readAnyFile(name))
  const { rows, notes } = await readRows(bytes, format ?? formatOf(name, bytes))
  return { rows: importedUsers(rows, values), notes }
}

function* importedUsers(
  rows: Iterable<SourceRow | UnreadableRow>,
  values: Values,
): Generator<ImportRow<ByteString> | UnreadableRow> {
  for (const row of rows) yield 'problem' in row ? row : importedUser(row, values)
}

/** Less a byte order mark; UTF-16, which PowerShell and Excel's "Unicode text" write, as UTF-8. */
const decoded = (bytes: Buffer): Buffer => decodeUtf16(bytes) ?? bytes.subarray(textStart(bytes))

const endings: Readonly<Record<string, SourceFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.json': 'jsonl',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

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
  if (format === 'lines') {
    const { readLines } = await import('./lines.ts')
    return { rows: readLines(bytes), notes: [] }
  }
  // a letter of another encoding would become part of a password that nobody knows
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
    notes: unused.length === 0 ? [] : [`columns that are not read: ${unused.map(printable).join(', ')}`],
  }
}
