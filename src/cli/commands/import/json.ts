// JSON lines: an object with a user in each.

import { type ByteString, toByteString } from '../../../bytes.ts'
import type { UnreadableRow } from '../../../import/plan.ts'
import { columnsOf } from './columns.ts'
import type { SourceRow } from './row.ts'

const EXPECTED = 'expected a JSON object such as {"user": "alice", "password": "…"} in one line'

export function* readJsonLines(bytes: Buffer): Generator<SourceRow | UnreadableRow> {
  let start = 0
  for (let line = 1; start < bytes.length; line++) {
    const lineFeed = bytes.indexOf(10, start)
    const end = lineFeed < 0 ? bytes.length : lineFeed
    const text = bytes.toString('utf8', start, end).trim()
    start = end + 1
    if (text !== '') yield rowOf(text, line)
  }
}

function rowOf(text: string, line: number): SourceRow | UnreadableRow {
  let object: unknown
  try {
    object = JSON.parse(text)
  } catch {
    // its message would show part of the text
    return { line, problem: `${EXPECTED}, got no JSON` }
  }
  if (Array.isArray(object))
    return { line, problem: `${EXPECTED}, got an array; jq -c '.[]' makes lines of it` }
  if (typeof object !== 'object' || object === null)
    return { line, problem: `${EXPECTED}, got another value` }
  const columns = columnsOf(Object.keys(object).map(key => [key, key]))
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
