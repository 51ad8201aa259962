// CSV, read by csv-parse: with a header that names the columns, or users and their passwords or hashes in two of them.

import type { CsvError, Options } from 'csv-parse/sync'
import { type ByteString, toByteString } from '../../../bytes.ts'
import type { UnreadableRow } from '../../../import/plan.ts'
import { type Columns, readHeader } from './header.ts'
import type { SourceRow } from './row.ts'

interface CsvRows {
  readonly rows: readonly (SourceRow | UnreadableRow)[]
  /** Names of columns that are not read. */
  readonly unused: readonly string[]
}

export async function readCsv(bytes: Buffer): Promise<CsvRows> {
  const { parse } = await import('csv-parse/sync')
  const rows: (SourceRow | UnreadableRow)[] = []
  let columns: Columns<number> | undefined
  let width = 0
  let take = (cells: readonly string[], line: number): void => {
    const header = readHeader(cells)
    if (header !== undefined && 'columns' in header) columns = header.columns
    width = columns === undefined ? Math.max(2, header === undefined ? 0 : cells.length) : cells.length
    const readCells = (next: readonly string[], at: number): unknown =>
      rows.push(rowOf(next, at, width, columns))
    take = readCells
    if (header === undefined) readCells(cells, line)
    else if ('problem' in header) rows.push({ line, problem: header.problem })
  }
  const options: Options = {
    ...separatorOf(bytes),
    // all newlines that editors write, mixed too
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
    // the parser's message would show a cell
    const { code, lines } = error as CsvError & { lines?: number }
    if (!/QUOTE|CSV_/.test(String(code))) throw error
    rows.push({
      line: lines ?? 1,
      problem:
        'expected CSV, got unbalanced quotes; write a quote in a cell twice, and put the cell in quotes',
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
  // Excel pads rows with empty cells; any other cell too many is part of a password with a separator in it
  if (cells.length > width && cells.slice(width).some(cell => cell !== ''))
    return {
      line,
      problem: `expected ${width} cells, got ${cells.length}; put a cell with a separator in it in quotes`,
    }
  const cell = (at: number | undefined): ByteString | undefined =>
    at === undefined || cells[at] === undefined ? undefined : toByteString(cells[at])
  if (columns === undefined) return { line, user: cells[0] ?? '', value: cell(1) }
  const { user, password, hash } = columns
  return { line, user: cells[user] ?? '', password: cell(password), hash: cell(hash) }
}

/** The first line of some files of Excel: `sep=;`. */
const DECLARATION = /^"?sep=([,;\t])"?\r?$/i

interface Separator {
  readonly delimiter: string
  readonly from_line: number
}

/** The first separator of the first line, outside quotes: Excel uses that of its locale. */
function separatorOf(bytes: Buffer): Separator {
  const lineFeed = bytes.indexOf(10)
  const line = bytes.toString('latin1', 0, lineFeed < 0 ? bytes.length : lineFeed)
  const declared = DECLARATION.exec(line)?.[1]
  if (declared !== undefined) return { delimiter: declared, from_line: 2 }
  return { delimiter: /^(?:"[^"]*"|[^",;\t])*([,;\t])/.exec(line)?.[1] ?? ',', from_line: 1 }
}
