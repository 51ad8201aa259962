// `htpasswd check`: every problem of a password file with its line, what it means and how to mend it.
import { checkDocument } from '../../check/check-document.ts'
import { fixable } from '../../check/fix-document.ts'
import { type Problem, problem } from '../../check/problem.ts'
import { type Target, targets } from '../../check/servers.ts'
import { HtpasswdError } from '../../errors.ts'
import { fileWarnings } from '../file-warnings.ts'
import { runCommand } from '../options/run-command.ts'
import { onlyFile, readPasswordFile } from '../read-file.ts'
import { count } from '../terminal/count.ts'
import type { Io } from '../terminal/io.ts'
import { Output, writeJson } from '../terminal/output.ts'
import { painter } from '../terminal/painter.ts'
import { printable } from '../terminal/printable.ts'
import { shellWord } from '../terminal/shell-word.ts'
import { checkGrammar } from './check-options.ts'

/** As with grep and diff: 1 is an answer, and what kept us from one is 2. */
const Status = { clean: 0, problems: 1, trouble: 2 } as const

/** Runs the command and returns its exit status. */
export function check(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(checkGrammar, argv, io, async ({ words, values }) => {
    const file = onlyFile(words)
    const bytes = await readPasswordFile(file).catch(error => {
      throw error instanceof HtpasswdError ? new TroubleError(error) : error
    })
    const tally = new Tally()
    const found = tally.adding(problemsOf(file, bytes, values.for, io.platform))
    if (values.json) {
      const head = values.for === undefined ? { file } : { file, for: values.for }
      writeJson(io, head, 'problems', found, () => ({ counts: tally }))
    } else writeText(io, file, found, tally, values.for)
    return tally.problems > 0 ? Status.problems : Status.clean
  })
}

class TroubleError extends HtpasswdError {
  override readonly exitStatus = Status.trouble

  constructor({ code, message, cause }: HtpasswdError) {
    super(code, message, { cause })
  }
}

/** Those of the file's mode, which its text does not tell, and those of its text. */
function* problemsOf(
  file: string,
  bytes: Buffer,
  target: Target | undefined,
  platform: NodeJS.Platform,
): Generator<Problem> {
  for (const { message, mend } of fileWarnings(file, platform))
    yield problem('mode', { line: 0 }, message, { mend })
  yield* checkDocument(bytes, target === undefined ? {} : { for: target })
}

class Tally {
  problems = 0
  notes = 0
  fixable = 0
  /** Records that do not get in at the server that was asked for, and whether it takes the file at all. */
  keptOut = 0
  refused = false
  #lastLine = 0;

  /** The same problems, counted as they pass. */
  *adding(problems: Iterable<Problem>): Generator<Problem> {
    for (const one of problems) {
      this[one.severity === 'note' ? 'notes' : 'problems']++
      if (fixable.has(one.code)) this.fixable++
      if (one.code === 'file-refused') this.refused = true
      // a line may have several reasons
      if (one.code === 'cannot-log-in' && one.line !== this.#lastLine) {
        this.keptOut++
        this.#lastLine = one.line
      }
      yield one
    }
  }
}

function writeText(
  io: Io,
  file: string,
  found: Iterable<Problem>,
  tally: Tally,
  target: Target | undefined,
): void {
  const output = new Output(io)
  const paint = painter(io)
  for (const { line, user, severity, message, mend } of found) {
    const place = line === 0 ? file : `${file}:${line}`
    const about = user === undefined ? '' : `${printable(user)}: `
    const note = severity === 'note' ? paint('cyan', 'note: ') : ''
    output.write(`${paint('bold', place)}: ${note}${about}${message}\n`)
    output.write(`    mend: ${commandOf(mend, file, user)}\n`)
  }
  output.write(summary(file, tally))
  if (target !== undefined) output.write(targetSummary(target, tally))
  output.flush()
}

/** The advice with its names. */
const commandOf = (mend: string, file: string, user: string | undefined): string =>
  mend.replace(/\b(FILE|USER)\b/g, name => shellWord(name === 'FILE' ? file : printable(user ?? 'USER')))

function summary(file: string, { problems, notes, fixable: mendable }: Tally): string {
  const all = [count(problems, 'problem'), ...(notes > 0 ? [count(notes, 'note')] : [])].join(', ')
  const hint = mendable > 0 ? `; htpasswd fix ${shellWord(file)} mends ${mendable} of them` : ''
  return `${all}${hint}\n`
}

function targetSummary(target: Target, { keptOut, refused }: Tally): string {
  const { title } = targets[target]
  if (refused) return `${title} refuses this file, so nobody gets in there\n`
  return keptOut === 0
    ? `${title} lets every user in\n`
    : `${title} does not let ${count(keptOut, 'record')} in\n`
}
