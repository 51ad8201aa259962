// `htpasswd list`: a table of the users of a password file and how strong their hashes are.
import { describeUsers, type UserDescription } from '../../check/describe-users.ts'
import { HtpasswdDocument } from '../../document/document.ts'
import type { Strength } from '../../hash/format.ts'
import { ExitStatus } from '../exit-status.ts'
import { usageError } from '../options/parse.ts'
import { runCommand } from '../options/run-command.ts'
import { readPasswordFile } from '../read-file.ts'
import { count } from '../terminal/count.ts'
import type { Io } from '../terminal/io.ts'
import { Output, writeJson } from '../terminal/output.ts'
import { painter } from '../terminal/painter.ts'
import { printable } from '../terminal/printable.ts'
import { listGrammar } from './list-options.ts'

/** Runs the command and returns its exit status. */
export function list(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(listGrammar, argv, io, async ({ words, values }) => {
    const [file, pattern, ...more] = words
    if (file === undefined || more.length > 0) {
      throw usageError(
        `expected a password file and at most one pattern, got ${words.join(' ') || 'nothing'}`,
      )
    }
    const document = new HtpasswdDocument(await readPasswordFile(file))
    const isLike = pattern === undefined ? () => true : patternOf(pattern)
    const counts = new Counts()
    const wanted = function* (): Generator<UserDescription> {
      for (const one of describeUsers(document))
        if (isLike(one.user) && (!values.weak || isWeak(one))) yield one
    }
    const records = counts.adding(wanted())
    if (values.json) writeJson(io, { file }, 'users', records, () => ({ counts: counts.byStrength }))
    else writeTable(io, records, counts)
    const isMissing = pattern !== undefined && !values.weak && counts.records === 0
    return isMissing ? ExitStatus.user : ExitStatus.ok
  })
}

const isWeak = ({ strength }: UserDescription): boolean => strength === 'weak' || strength === 'broken'

/** A shell's pattern as a test of whole names. */
function patternOf(pattern: string): (user: string) => boolean {
  const source = pattern.replace(/[\\^$.|?*+()[\]{}]/g, character =>
    character === '*' ? '.*' : character === '?' ? '.' : `\\${character}`,
  )
  const regular = new RegExp(`^${source}$`, 'su')
  return user => regular.test(user)
}

/** How many users there are of each strength; of a name that comes twice the first record counts. */
class Counts {
  records = 0
  readonly byStrength = { users: 0, strong: 0, weak: 0, broken: 0, unusable: 0 };

  /** The same records, counted as they pass. */
  *adding(records: Iterable<UserDescription>): Generator<UserDescription> {
    for (const record of records) {
      this.records++
      if (record.duplicateOf === undefined) {
        this.byStrength.users++
        this.byStrength[record.strength ?? 'unusable']++
      }
      yield record
    }
  }

  toString(): string {
    const { users, unusable, ...strengths } = this.byStrength
    const parts = Object.entries(strengths).flatMap(([name, number]) =>
      number === 0 ? [] : `${number} ${name}`,
    )
    if (unusable > 0) parts.push(`${unusable} who cannot log in`)
    return `${count(users, 'user')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`
  }
}

const colours = { strong: 'green', weak: 'yellow', broken: 'red' } as const satisfies Record<Strength, string>

type Cells = readonly [user: string, format: string, work: string, strength: string, line: string]
const HEAD: Cells = ['USER', 'FORMAT', 'COST', 'STRENGTH', 'LINE']
/** A longer name moves its own row and no other. */
const MAX_NAME_WIDTH = 40

/** The columns are as wide as these want them, so that a million users need not be kept to measure them all. */
const MEASURED_ROWS = 10_000

function writeTable(io: Io, records: Iterable<UserDescription>, counts: Counts): void {
  const output = new Output(io)
  const paint = painter(io)
  const widths = HEAD.map(cell => cell.length)
  const writeRow = (cells: Cells, strength?: Strength): void => {
    const padded = cells.map((cell, column) => (column === 4 ? cell : cell.padEnd(widths[column] ?? 0)))
    if (strength) padded[3] = paint(colours[strength], padded[3] ?? '')
    output.write(`${padded.join('  ')}\n`)
  }
  const measured: [Cells, Strength | undefined][] = []
  const writeMeasured = (): void => {
    for (const [cells] of measured) {
      for (const [column, cell] of cells.entries())
        widths[column] = Math.max(widths[column] ?? 0, Math.min(cell.length, MAX_NAME_WIDTH))
    }
    if (measured.length > 0) writeRow(HEAD)
    for (const row of measured.splice(0)) writeRow(...row)
  }
  for (const one of records) {
    if (counts.records > MEASURED_ROWS) writeRow(cellsOf(one), one.strength)
    else if (measured.push([cellsOf(one), one.strength]) === MEASURED_ROWS) writeMeasured()
  }
  writeMeasured()
  output.write(`${counts}\n`)
  output.flush()
}

function cellsOf({ user, line, state, format, cost, rounds, strength, duplicateOf }: UserDescription): Cells {
  const name = state === 'usable' ? (format ?? '') : [states[state], format].filter(Boolean).join(' ')
  const work = cost ?? rounds
  const note = duplicateOf === undefined ? '' : ` (line ${duplicateOf} counts)`
  return [printable(user), name, work === undefined ? '' : String(work), strength ?? '-', `${line}${note}`]
}

const states = {
  usable: '',
  'doubled-dollar': 'doubled $',
  'blank-behind': 'blank behind',
  damaged: 'damaged',
  unknown: 'unknown',
  'plain-text': '',
  locked: 'locked',
  empty: 'empty',
} as const
