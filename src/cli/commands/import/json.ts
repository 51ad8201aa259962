// JSON lines: an object with a user in each.

import { type ByteString, toByteString } from '../../../bytes.ts'
import type { UnreadableRow } from '../../../import/plan.ts'
import { type Columns, columnsOf } from './header.ts'
import type { SourceRow } from './row.ts'

const EXPECTED = 'expected a JSON object such as {"user": "alice", "password": "…"} on one line'

export function* readJsonLines(bytes: Buffer): Generator<SourceRow | UnreadableRow> {
  const columnsOfKeys = cachedColumns()
  let start = 0
  for (let line = 1; start < bytes.length; line++) {
    const lineFeed = bytes.indexOf(10, start)
    const end = lineFeed < 0 ? bytes.length : lineFeed
    const text = bytes.toString('utf8', start, end).trim()
    start = end + 1
    if (text !== '') yield rowOf(text, line, columnsOfKeys)
  }
}

type ColumnsOfKeys = (keys: readonly string[]) => Columns<string> | undefined

/** Most rows have the keys of the row before. */
function cachedColumns(): ColumnsOfKeys {
  let last: { keys: string; columns: Columns<string> | undefined } | undefined
  return keys => {
    const text = JSON.stringify(keys)
    if (last?.keys !== text) last = { keys: text, columns: columnsOf(keys.map(key => [key, key])) }
    return last.columns
  }
}

function rowOf(text: string, line: number, columnsOfKeys: ColumnsOfKeys): SourceRow | UnreadableRow {
  let object: unknown
  try {
    object = JSON.parse(text)
  } catch {
    // the parser's message would show part of the text
    return { line, problem: `${EXPECTED}, got other text` }
  }
  if (Array.isArray(object))
    return { line, problem: `${EXPECTED}, got an array; jq -c '.[]' makes lines of it` }
  if (typeof object !== 'object' || object === null)
    return { line, problem: `${EXPECTED}, got another value` }
  const columns = columnsOfKeys(Object.keys(object))
  if (columns === undefined) return { line, problem: `${EXPECTED}, got an object without "user"` }
  const row: { user?: string; password?: ByteString; hash?: ByteString } = {}
  for (const role of ['user', 'password', 'hash'] as const) {
    const value = (object as Record<string, unknown>)[columns[role] ?? '']
    if (typeof value === 'string' && role === 'user') row.user = value
    else if (typeof value === 'string' && role !== 'user') row[role] = toByteString(value)
    else if ((value !== undefined && value !== null) || role === 'user')
      return {
        line,
        problem: `"${columns[role]}" expected a text, got ${value === null ? 'null' : typeof value}`,
      }
  }
  return { line, user: row.user ?? '', password: row.password, hash: row.hash }
}
