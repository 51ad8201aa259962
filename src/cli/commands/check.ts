// `htpasswd check`: every problem of a password file with its line, what it means and how to fix it.
import { checkDocument } from '../../check/check-document.ts'
import { checkGroups, type GroupProblem } from '../../check/check-groups.ts'
import { fixable, type Problem, problem } from '../../check/problem.ts'
import { type ServerName, serverNames, servers } from '../../check/servers.ts'
import { HtpasswdError } from '../../errors.ts'
import { onlyFile } from '../options/parse.ts'
import { runCommand, TroubleError } from '../options/run-command.ts'
import {
  type CommandSpec,
  helpOption,
  jsonOption,
  type OptionTable,
  oneOf,
  text,
  type ValuesOf,
} from '../options/table.ts'
import { checkSynonyms } from '../options/user-synonyms.ts'
import { fileWarnings } from '../password-file.ts'
import { readUsers } from '../read-users.ts'
import type { Io } from '../terminal/io.ts'
import { count, Output, painter, printable, shellWord, writeJson } from '../terminal/output.ts'
import { asCalled, programName } from '../terminal/program-name.ts'

export const checkOptions = {
  for: {
    group: 'Users:',
    argument: 'SERVER',
    describe: `also say who cannot log in at this server and why: ${serverNames.join(', ')}`,
    read: oneOf(...serverNames),
  },
  strength: {
    group: 'Users:',
    argument: 'strong',
    describe: 'also count users whose hash is weak, such as apr1 or bcrypt below cost 10',
    read: oneOf('strong'),
  },
  groups: {
    group: 'Users:',
    argument: 'FILE',
    describe:
      'also check this group file: members who are no users, empty groups, names that differ by case only',
    read: text,
  },
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

export const checkSpec: CommandSpec<typeof checkOptions> = {
  name: 'check',
  synopsis: ['[FILE] [--for SERVER] [--strength strong] [--groups FILE]'],
  describe: 'Lists what is wrong with a password file, line by line: what it means and how to fix it.',
  options: checkOptions,
  synonyms: checkSynonyms,
  examples: ['htpasswd check users', 'htpasswd check users --for nginx --strength strong'],
  epilogue: 'Status 0: nothing to fix (notes do not count). 1: problems. 2: the file could not be read.',
}

/** Status 1 is a result, as for grep and diff. */
const Status = { clean: 0, problems: 1 } as const

/** Runs the command and returns its exit status. */
export function check(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(checkSpec, argv, io, async ({ positionals, values }) => {
    const file = onlyFile(positionals, io.env, '; a password is verified with: htpasswd -v FILE USER')
    const bytes = await read(file)
    const { groups: groupFile } = values
    const inGroups = groupFile === undefined ? [] : checkGroups(await read(groupFile), bytes)
    const tally = new Tally()
    for (const { severity } of inGroups) tally[severity === 'note' ? 'notes' : 'problems']++
    const found = tally.adding(problemsOf(file, bytes, values, io.platform))
    if (values.json) {
      const head = values.for === undefined ? { file } : { file, for: values.for }
      const groups = groupFile === undefined ? {} : { groups: { file: groupFile, problems: inGroups } }
      writeJson(io, head, 'problems', found, () => ({ ...groups, counts: tally }))
    } else writeText(io, file, found, tally, { server: values.for, groupFile, inGroups })
    return tally.problems > 0 ? Status.problems : Status.clean
  })
}

const read = async (file: string): Promise<Buffer> => {
  const { bytes } = await readUsers(file).catch(error => {
    throw error instanceof HtpasswdError ? new TroubleError(error) : error
  })
  return bytes
}

/** The problems of the file's mode, then those of its text. */
function* problemsOf(
  file: string,
  bytes: Buffer,
  { for: server, strength }: Pick<ValuesOf<typeof checkOptions>, 'for' | 'strength'>,
  platform: NodeJS.Platform,
): Generator<Problem> {
  for (const { message, fix } of fileWarnings(file, platform))
    yield problem('mode', { line: 0 }, message, { fix })
  yield* checkDocument(bytes, { ...(server && { for: server }), ...(strength && { strength }) })
}

class Tally {
  problems = 0
  notes = 0
  fixable = 0
  /** The number of records that cannot log in at the server of `--for`. */
  keptOut = 0
  refused = false
  #lastLine = 0;

  /** The same problems, counted on the way. */
  *adding(problems: Iterable<Problem>): Generator<Problem> {
    for (const found of problems) {
      this[found.severity === 'note' ? 'notes' : 'problems']++
      if (fixable.has(found.code)) this.fixable++
      if (found.code === 'file-refused') this.refused = true
      // a line may have several reasons
      if (found.code === 'cannot-log-in' && found.line !== this.#lastLine) {
        this.keptOut++
        this.#lastLine = found.line
      }
      yield found
    }
  }
}

/** Further results that were asked for. */
interface More {
  readonly server: ServerName | undefined
  readonly groupFile: string | undefined
  readonly inGroups: readonly GroupProblem[]
}

function writeText(
  io: Io,
  file: string,
  found: Iterable<Problem>,
  tally: Tally,
  { server, groupFile = '', inGroups }: More,
): void {
  const output = new Output(io)
  const paint = painter(io)
  for (const { line, user, severity, message, fix } of found) {
    const location = line === 0 ? printable(file) : `${printable(file)}:${line}`
    const about = user === undefined ? '' : `${printable(user)}: `
    const note = severity === 'note' ? paint('cyan', 'note: ') : ''
    output.write(`${paint('bold', location)}: ${note}${about}${message}\n`)
    output.write(`    fix: ${asCalled(commandOf(fix, file, user))}\n`)
  }
  for (const { line, severity, message, fix } of inGroups) {
    const note = severity === 'note' ? paint('cyan', 'note: ') : ''
    output.write(`${paint('bold', `${printable(groupFile)}:${line}`)}: ${note}${printable(message)}\n`)
    const advice = fix.replace(/\b(GROUPS|FILE)\b/g, name => shellWord(name === 'FILE' ? file : groupFile))
    output.write(`    fix: ${asCalled(printable(advice))}\n`)
  }
  output.write(summary(file, tally))
  if (server !== undefined) output.write(serverSummary(server, tally))
  output.flush()
}

/** The advice with the real names in place of FILE and USER. */
const commandOf = (fix: string, file: string, user: string | undefined): string =>
  fix.replace(/\b(FILE|USER)\b/g, name => shellWord(name === 'FILE' ? file : printable(user ?? 'USER')))

function summary(file: string, { problems, notes, fixable: repairable }: Tally): string {
  const all = [count(problems, 'problem'), ...(notes > 0 ? [count(notes, 'note')] : [])].join(', ')
  const hint = repairable > 0 ? `; ${programName()} fix ${shellWord(file)} repairs ${repairable} of them` : ''
  return `${all}${hint}\n`
}

function serverSummary(server: ServerName, { keptOut, refused }: Tally): string {
  const { title } = servers[server]
  if (refused) return `${title} refuses this file, so nobody can log in there\n`
  return keptOut === 0
    ? `${title}: every user can log in\n`
    : `${title}: ${count(keptOut, 'record')} cannot log in\n`
}
