// What `htpasswd token list` shows of a token, and in which columns.
import type { UsedDays } from '../../../auth/tokens/last-used.ts'
import type { HtpasswdDocument } from '../../../document/document.ts'
import { ownerText, recordFingerprint, type TokenRecord, type TokenScope } from '../../../document/tokens.ts'
import type { Io } from '../../terminal/io.ts'
import { count, Output, painter, printable } from '../../terminal/output.ts'

/**
 * `no-owner`: the owner is not in the password file any more. `record-changed`: the record is not the one that the token
 * was made for; another program changed the password, or removed the user and added one of the same name.
 */
type TokenState = 'valid' | 'expired' | 'no-owner' | 'record-changed'

/** A token as it is listed. */
export interface ListedToken {
  readonly id: string
  readonly user: string
  readonly name: string
  readonly scope: TokenScope
  readonly created: string
  readonly expires: string | null
  /** The day. */
  readonly lastUsed: string | null
  readonly state: TokenState
}

const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString()

/** @param now milliseconds since 1970. */
export function describeToken(
  record: TokenRecord,
  users: HtpasswdDocument,
  used: UsedDays,
  now: number,
): ListedToken {
  const { id, name, scope, created, expires } = record
  return {
    id,
    user: ownerText(record),
    name,
    scope,
    created: isoTime(created),
    expires: expires === undefined ? null : isoTime(expires),
    lastUsed: used.get(id) ?? null,
    state: stateOf(record, users, now),
  }
}

function stateOf(record: TokenRecord, users: HtpasswdDocument, now: number): TokenState {
  if (record.expires !== undefined && record.expires * 1000 <= now) return 'expired'
  const hash = users.get(ownerText(record))
  if (hash === undefined) return 'no-owner'
  return record.records.includes(recordFingerprint(record.id, hash)) ? 'valid' : 'record-changed'
}

const HEAD = ['ID', 'USER', 'NAME', 'SCOPE', 'CREATED', 'EXPIRES', 'LAST USED', 'STATE'] as const
/** A longer name shifts only its own row. */
const MAX_WIDTH = 40

const cellsOf = (token: ListedToken): string[] => [
  token.id,
  printable(token.user),
  printable(token.name),
  token.scope,
  token.created.slice(0, 10),
  token.expires?.slice(0, 10) ?? 'never',
  token.lastUsed ?? '-',
  token.state.replace('-', ' '),
]

/** A table for people. */
export function writeTable(io: Io, tokens: readonly ListedToken[]): void {
  const output = new Output(io)
  const paint = painter(io)
  const rows = tokens.map(cellsOf)
  const widths = HEAD.map((head, column) =>
    rows.reduce(
      (width, row) => Math.max(width, Math.min(row[column]?.length ?? 0, MAX_WIDTH)),
      head.length as number,
    ),
  )
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  if (rows.length > 0) output.write(`${lineOf(HEAD)}\n`)
  for (const [i, row] of rows.entries()) {
    const line = lineOf(row)
    output.write(`${tokens[i]?.state === 'valid' ? line : paint('yellow', line)}\n`)
  }
  output.write(`${count(rows.length, 'token')}\n`)
  output.flush()
}
