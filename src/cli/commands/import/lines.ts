// Lines of `user:password` or `user:hash`, such as another password file.

import { type ByteString, decodeSurrogateEscape } from '../../../bytes.ts'
import { LineCursor } from '../../../document/line.ts'
import type { UnreadableRow } from '../../../import/plan.ts'
import type { SourceRow } from './row.ts'

/** Comments and blank lines are skipped; bytes are taken as they are, for a password may be any. */
export function* readLines(bytes: Buffer): Generator<SourceRow | UnreadableRow> {
  const cursor = new LineCursor(bytes)
  for (let line = 1; cursor.next(); line++) {
    if (cursor.kind === 'malformed')
      yield { line, problem: 'expected "user:password" or "user:hash", got no colon' }
    if (cursor.kind !== 'record') continue
    const value = bytes.toString('latin1', cursor.nameEnd + 1, cursor.contentEnd) as ByteString
    yield { line, user: decodeSurrogateEscape(cursor.name()), value }
  }
}
