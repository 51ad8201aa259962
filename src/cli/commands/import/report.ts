// What an import does and did, for people and for programs; never a password or a hash.

import { findFormat } from '../../../hash/options.ts'
import type { FormatId } from '../../../hash/registry.ts'
import type { ImportReport } from '../../../import/import-users.ts'
import type { ConflictPolicy, ImportPlan } from '../../../import/plan.ts'
import type { Io } from '../../terminal/io.ts'
import { count, writeJson } from '../../terminal/output.ts'

interface Outcome {
  readonly file: string
  /** Whether the file was created. */
  readonly made: boolean
  readonly dryRun: boolean
  readonly report: ImportReport
}

const kinds = ['added', 'updated', 'skipped'] as const

export function textOf({ file, made, dryRun, report }: Outcome, onConflict: ConflictPolicy): string {
  const reason = onConflict === 'skip' ? 'they exist already' : 'a later row has the same user'
  const said = kinds.filter(done => report[done].length > 0)
  const parts = (said.length > 0 ? said : (['added'] as const)).map((done, i) => {
    const number = report[done].length
    const users = i === 0 ? `${count(number, 'user')}${dryRun ? ' would be' : ''}` : number
    return `${users} ${done}${done === 'skipped' ? ` (${reason})` : ''}`
  })
  const creation = made ? `${dryRun ? 'would create' : 'created'} ${file}\n` : ''
  return `${creation}${parts.join(', ')}\n${dryRun ? 'dry run: nothing was written\n' : ''}`
}

export function writeReport(io: Io, { report, ...head }: Outcome): void {
  const users = function* (): Generator<object> {
    for (const done of kinds) for (const user of report[done]) yield { user, done }
  }
  const counts = Object.fromEntries(kinds.map(done => [done, report[done].length]))
  writeJson(io, head, 'users', users(), () => counts)
}

/** A warning, because such a user can log in with only the beginning of the password. */
export function cutWarning({ users }: ImportPlan, format: FormatId): string[] {
  const limit = findFormat(format).significantBytes
  if (limit === undefined) return []
  let longer = 0
  for (const { password } of users.values()) if (password !== undefined && password.length > limit) longer++
  if (longer === 0) return []
  const passwords = longer === 1 ? '1 is' : `${longer} are`
  return [`Warning: ${format} uses only the first ${limit} bytes of a password, and ${passwords} longer.`]
}

/** Ten times a second; more would flicker and cost. */
const REDRAW_MILLISECONDS = 100
const CLEAR_LINE = '\r\x1b[K'

interface Progress {
  update(done: number, total: number): void
  end(): void
}

/** @param now milliseconds that only grow. */
export function showProgress(io: Pick<Io, 'draw' | 'isTerminal'>, now = () => performance.now()): Progress {
  if (!io.isTerminal(2)) return { update: () => {}, end: () => {} }
  const start = now()
  let drawn: number | undefined
  return {
    update: (done, total) => {
      const time = now()
      if (drawn !== undefined && time - drawn < REDRAW_MILLISECONDS) return
      drawn = time
      const left = ((time - start) / done) * (total - done)
      const percent = Math.floor((100 * done) / total)
      io.draw(`${CLEAR_LINE}hashing: ${percent} %, ${done} of ${total}, ${durationOf(left)} left`)
    },
    end: () => {
      if (drawn !== undefined) io.draw(CLEAR_LINE)
    },
  }
}

function durationOf(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
