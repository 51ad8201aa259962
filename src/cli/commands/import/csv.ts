// CSV, read by csv-parse: with a header that names the columns, or users and their passwords or hashes in two of them.

import type { CsvError, Options } from 'csv-parse/sync'
import { type ByteString, toByteString } from '../../../bytes.ts'
import type { UnreadableRow } from '../../../import/plan.ts'
import { type Columns, columnsOf } from './columns.ts'
import type { SourceRow } from './row.ts'

interface CsvRows {
  readonly rows: readonly (SourceRow | UnreadableRow)[]
  /** Columns that say nothing here. */
  readonly unused: readonly string[]
}

export async function readCsv(bytes: Buffer): Promise<CsvRows> {
  const { parse } = await import('csv-parse/sync')
  const rows: (SourceRow | UnreadableRow)[] = []
  let columns: Columns<number> | undefined
  let width = 0
  let take = (cells: readonly string[], line: number): void => {
    columns = columnsOf(cells.entries())
    width = columns === undefined ? 2 : cells.length
    const readCells = (next: readonly string[], at: number): unknown =>
      rows.push(rowOf(next, at, width, columns))
    take = readCells
    if (columns === undefined) readCells(cells, line)
    // "name,email" is a header, and "name,wonderland" is a user with a password
    else if (cells.length > 1 && columns.password === undefined && columns.hash === undefined)
      rows.push({
        line,
        problem: 'expected a column "password" or "hash" in the header, got none; its cells may be empty',
      })
  }
  const options: Options = {
    ...separatorOf(bytes),
    // all that editors write, mixed as well
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    on_record: (cells: string[], { lines }) => {
      take(cells, lines)
      return null
    },
  }
  try {
    parse(bytes, options)
  } catch (error) {
    // its message would show a cell
    const { code, lines } = error as CsvError & { lines?: number }
    if (!/QUOTE|CSV_/.test(String(code))) throw error
    rows.push({
      line: lines ?? 1,
      problem:
        'expected CSV, got quotes that do not fit; a quote in a cell is written twice, and the cell in quotes',
    })
  }
  return { rows, unused: columns?.unused ?? [] }
}

function rowOf(
  cells: readonly string[],
  line: number,
  width: number,
  columns: Columns<number> | undefined,
): SourceRow | UnreadableRow {
  // Excel ends rows with separators of empty cells; more than that is a password with a separator in it
  if (cells.length > width && cells.slice(width).some(cell => cell !== ''))
    return {
      line,
      problem: `expected ${width} cells, got ${cells.length}; a cell with a separator in it stands in quotes`,
    }
  const cell = (at: number | undefined): ByteString | undefined =>
    at === undefined || cells[at] === undefined ? undefined : toByteString(cells[at])
  if (columns === undefined) return { line, user: cells[0] ?? '', value: cell(1) }
  const { user, password, hash } = columns
  return { line, user: cells[user] ?? '', password: cell(password), hash: cell(hash) }
}

/** A line that Excel reads and writes in front of all others: `sep=;`. */
const DECLARATION = /^"?sep=([,;\t])"?\r?$/i

interface Separator {
  readonly delimiter: string
  readonly from_line: number
}

/** The first separator of the first line, outside quotes: Excel writes that of its country. */
function separatorOf(bytes: Buffer): Separator {
  const lineFeed = bytes.indexOf(10)
  const line = bytes.toString('latin1', 0, lineFeed < 0 ? bytes.length : lineFeed)
  const declared = DECLARATION.exec(line)?.[1]
  if (declared !== undefined) return { delimiter: declared, from_line: 2 }
  return { delimiter: /^(?:"[^"]*"|[^",;\t])*([,;\t])/.exec(line)?.[1] ?? ',', from_line: 1 }
}
