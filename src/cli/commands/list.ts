// `htpasswd list`: a table of the users of a password file and how strong their hashes are.

import { encodeSurrogateEscape } from '../../bytes.ts'
import { describeUsers, type UserDescription } from '../../check/describe-users.ts'
import { HtpasswdDocument } from '../../document/document.ts'
import { rejectOtherKind } from '../../document/file-kind.ts'
import { ExitStatus } from '../../errors.ts'
import type { Strength } from '../../hash/format.ts'
import { runCommand } from '../options/run-command.ts'
import { type CommandSpec, helpOption, jsonOption, type OptionTable } from '../options/table.ts'
import { usageError } from '../options/usage-error.ts'
import { listSynonyms } from '../options/user-synonyms.ts'
import { defaultFile, kindOfPath } from '../password-file.ts'
import { readUsers } from '../read-users.ts'
import type { Io } from '../terminal/io.ts'
import { count, Output, painter, printable, printableText, shellWord, writeJson } from '../terminal/output.ts'

export const listOptions = {
  weak: { group: 'Users:', describe: 'list only users whose hash is weak or broken' },
  names: {
    group: 'Users:',
    describe: 'print only the names, one a line, as a script reads them; a user with several records once',
  },
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

export const listSpec: CommandSpec<typeof listOptions> = {
  name: 'list',
  synopsis: ['[FILE [PATTERN]]'],
  takesUsers: true,
  describe:
    'Lists the users of a password file with the format of their hash, its cost or rounds, and its strength: strong is slow ' +
    'on purpose, weak is salted but fast to guess, broken is unsalted, truncating or plain text. Hashes are not shown.',
  options: listOptions,
  synonyms: listSynonyms,
  examples: ['htpasswd list users', 'htpasswd list users "a*"', 'htpasswd list users --names'],
  epilogue: 'In PATTERN, * matches any characters and ? matches one. Status 6: no user matches PATTERN.',
}

/** Runs the command and returns its exit status. */
export function list(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(listSpec, argv, io, async ({ positionals, values }) => {
    const [file = defaultFile(io.env), pattern, ...more] = positionals
    if (more.length > 0)
      throw usageError(
        `expected a password file and at most one pattern, got ${positionals.length} arguments; quote a pattern: "a*"`,
      )
    if (pattern !== undefined && kindOfPath(file) === undefined && kindOfPath(pattern) === 'file')
      throw usageError(
        `expected [FILE [PATTERN]], but ${pattern} is a file and ${file} is not; write ${shellWord(pattern)} first`,
      )
    if (values.names && values.json) throw usageError('--names and --json exclude each other')
    const document = new HtpasswdDocument((await readUsers(file)).bytes)
    rejectOtherKind(document.toBuffer())
    const matches = pattern === undefined ? () => true : patternOf(pattern)
    const counts = new Counts()
    const wanted = function* (): Generator<UserDescription> {
      for (const record of describeUsers(document))
        if (matches(record.user) && (!values.weak || isWeak(record))) yield record
    }
    const records = counts.adding(wanted())
    if (values.json) writeJson(io, { file }, 'users', records, () => ({ counts: counts.byStrength }))
    else if (values.names) writeNames(io, records)
    else writeTable(io, records, counts)
    const isMissing = pattern !== undefined && !values.weak && counts.records === 0
    return isMissing ? ExitStatus.user : ExitStatus.ok
  })
}

const isWeak = ({ strength }: UserDescription): boolean => strength === 'weak' || strength === 'broken'

/**
 * A shell pattern as a test of whole names. By hand, because as a regular expression a pattern with several * takes hours
 * for a name of a megabyte; here each * is retried only until the next one matches.
 */
function patternOf(pattern: string): (user: string) => boolean {
  const wanted = [...pattern]
  return user => {
    const name = [...user]
    let [at, star, retry, next] = [0, -1, 0, 0]
    while (next < name.length) {
      if (wanted[at] === '*') [star, retry] = [at++, next]
      else if (wanted[at] === '?' || wanted[at] === name[next]) [at, next] = [at + 1, next + 1]
      else if (star >= 0) [at, next] = [star + 1, ++retry]
      else return false
    }
    while (wanted[at] === '*') at++
    return at === wanted.length
  }
}

/** How many users there are of each strength; the first record of a name counts. */
class Counts {
  records = 0
  readonly byStrength = { users: 0, strong: 0, weak: 0, broken: 0, unusable: 0 };

  /** The same records, counted on the way. */
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

/** For a script the bytes of the file; at a terminal without what could control it. */
function writeNames(io: Io, records: Iterable<UserDescription>): void {
  const names: string[] = []
  for (const { user, duplicateOf } of records) if (duplicateOf === undefined) names.push(`${user}\n`)
  const text = names.join('')
  io.out(io.isTerminal(1) ? printableText(text) : Buffer.from(encodeSurrogateEscape(text), 'latin1'))
}

const colours = { strong: 'green', weak: 'yellow', broken: 'red' } as const satisfies Record<Strength, string>

type Cells = readonly [user: string, format: string, work: string, strength: string, line: string]
const HEAD: Cells = ['USER', 'FORMAT', 'COST', 'STRENGTH', 'LINE']
/** A longer name shifts only its own row. */
const MAX_NAME_WIDTH = 40

/** Column widths are measured on these rows only, so that a million users need not be kept in memory. */
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
  for (const record of records) {
    if (counts.records > MEASURED_ROWS) writeRow(cellsOf(record), record.strength)
    else if (measured.push([cellsOf(record), record.strength]) === MEASURED_ROWS) writeMeasured()
  }
  writeMeasured()
  output.write(`${counts}\n`)
  output.flush()
}

function cellsOf({ user, line, state, format, cost, rounds, strength, duplicateOf }: UserDescription): Cells {
  const name = state === 'usable' ? (format ?? '') : [states[state], format].filter(Boolean).join(' ')
  const work = cost ?? rounds
  const note = duplicateOf === undefined ? '' : ` (duplicate of line ${duplicateOf})`
  return [printable(user), name, work === undefined ? '' : String(work), strength ?? '-', `${line}${note}`]
}

const states = {
  usable: '',
  'escaped-dollars': 'escaped $',
  'trailing-whitespace': 'trailing whitespace',
  'stray-bits': 'stray bits',
  damaged: 'damaged',
  unknown: 'unknown',
  plaintext: '',
  'service-account': 'service account',
  locked: 'locked',
  empty: 'empty',
} as const
