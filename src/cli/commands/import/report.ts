// What an import did, for people and for programs; never with a password or a hash.

import { findFormat } from '../../../hash/options.ts'
import type { FormatId } from '../../../hash/registry.ts'
import type { ImportReport } from '../../../import/import-users.ts'
import type { ConflictPolicy, ImportPlan } from '../../../import/plan.ts'
import type { Io } from '../../terminal/io.ts'
import { count, writeJson } from '../../terminal/output.ts'

interface Outcome {
  readonly file: string
  /** Whether the file is new. */
  readonly made: boolean
  readonly dryRun: boolean
  readonly report: ImportReport
}

const kinds = ['added', 'updated', 'skipped'] as const

export function textOf({ file, made, dryRun, report }: Outcome, onConflict: ConflictPolicy): string {
  const reason = onConflict === 'skip' ? 'they are there already' : 'a later row has the same user'
  const said = kinds.filter(done => report[done].length > 0)
  const parts = (said.length > 0 ? said : (['added'] as const)).map((done, i) => {
    const number = report[done].length
    const users = i === 0 ? `${count(number, 'user')}${dryRun ? ' would be' : ''}` : number
    return `${users} ${done}${done === 'skipped' ? ` (${reason})` : ''}`
  })
  const makes = made ? `${dryRun ? 'would make' : 'made'} ${file}\n` : ''
  return `${makes}${parts.join(', ')}\n${dryRun ? 'dry run: nothing was written\n' : ''}`
}

export function writeReport(io: Io, { report, ...head }: Outcome): void {
  const users = function* (): Generator<object> {
    for (const done of kinds) for (const user of report[done]) yield { user, done }
  }
  const counts = Object.fromEntries(kinds.map(done => [done, report[done].length]))
  writeJson(io, head, 'users', users(), () => counts)
}

/** Said, for such a user can log in with less than he has typed. */
export function cutWarning({ users }: ImportPlan, format: FormatId): string[] {
  const limit = findFormat(format).significantBytes
  if (limit === undefined) return []
  let longer = 0
  for (const { password } of users.values()) if (password !== undefined && password.length > limit) longer++
  if (longer === 0) return []
  const passwords = longer === 1 ? '1 is' : `${longer} are`
  return [`Warning: ${format} uses only the first ${limit} bytes of a password, and ${passwords} longer.`]
}
