// `htpasswd fix`: mends what needs no password, after showing the difference and asking; the old file stays beside it.
import { statSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { resolve } from 'node:path'
import { checkDocument } from '../../check/check-document.ts'
import { type Change, type Fix, fixDocument } from '../../check/fix-document.ts'
import { HtpasswdError } from '../../errors.ts'
import { backUp } from '../../store/backup.ts'
import { rewriteFile } from '../../store/update.ts'
import { ExitStatus } from '../exit-status.ts'
import { othersCanWrite } from '../file-warnings.ts'
import { usageError } from '../options/parse.ts'
import { runCommand } from '../options/run-command.ts'
import { onlyFile, readPasswordFile } from '../read-file.ts'
import { confirm } from '../terminal/confirm.ts'
import { count } from '../terminal/count.ts'
import type { Io } from '../terminal/io.ts'
import { Output } from '../terminal/output.ts'
import { type Paint, painter } from '../terminal/painter.ts'
import { printable } from '../terminal/printable.ts'
import { shellWord } from '../terminal/shell-word.ts'
import { fixGrammar } from './fix-options.ts'

/** Runs the command and returns its exit status. */
export function fix(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(fixGrammar, argv, io, async ({ words, values }) => {
    const file = onlyFile(words)
    if (values.json && !values.yes && !values['dry-run']) {
      throw usageError('expected --yes or --dry-run beside --json, which shows no difference to confirm')
    }
    const before = await readPasswordFile(file)
    const plan = planOf(file, before, io.platform)
    const report = (backup?: string): number => {
      if (values.json) io.out(`${JSON.stringify(resultOf(file, plan, backup))}\n`)
      return ExitStatus.ok
    }
    if (plan.changes.length === 0) {
      if (!values.json) io.out(`${file}: nothing to mend${leftover(file, before)}\n`)
      return report()
    }
    if (!values.json) showDifference(io, file, plan.changes)
    if (values['dry-run']) return report() || ExitStatus.file
    if (!values.yes && !(await confirm(io, `Write ${file}?`))) {
      throw new HtpasswdError('ERR_INTERRUPTED', 'not confirmed, nothing was changed; --yes does not ask')
    }
    const backup = await write(file, before, plan)
    if (!values.json) {
      io.out(
        `${file}: ${count(plan.changes.length, 'change')}, the old file is ${shownAs(file, backup)}${leftover(file, plan.bytes)}\n`,
      )
    }
    return report(backup)
  })
}

/** The mended text and what was changed, the mode of the file included. */
interface Plan extends Fix {
  /** The new permission bits; undefined where they stay. */
  readonly mode: number | undefined
}

function planOf(file: string, bytes: Buffer, platform: NodeJS.Platform): Plan {
  const fixed = fixDocument(bytes)
  const mode = statSync(file).mode & 0o7777
  if (platform === 'win32' || !othersCanWrite(mode)) return { ...fixed, mode: undefined }
  const closed = mode & ~0o022
  const message = `mode ${mode.toString(8)} becomes ${closed.toString(8)}, so that others cannot write it`
  return { bytes: fixed.bytes, changes: [{ code: 'mode', line: 0, message }, ...fixed.changes], mode: closed }
}

/** Writes what was shown, or nothing: somebody may have changed the file while it was looked at. */
async function write(file: string, before: Buffer, { bytes, mode }: Plan): Promise<string> {
  let backup: string | undefined
  const rewrite = async (now: Buffer | undefined) => {
    if (now === undefined || !now.equals(before)) {
      throw new HtpasswdError('ERR_FILE_BUSY', `${file} was changed meanwhile; look at the difference again`)
    }
    backup ??= await backUp(file, before)
    return { result: backup, pieces: [Buffer.from(bytes)], ...(mode !== undefined && { mode }) }
  }
  try {
    return await rewriteFile(file, rewrite)
  } catch (error) {
    // the file is as it was, so there is nothing to keep
    if (backup !== undefined) await unlink(backup).catch(() => undefined)
    throw error
  }
}

function showDifference(io: Io, file: string, changes: readonly Change[]): void {
  const output = new Output(io)
  const paint = painter(io)
  for (const change of changes) output.write(difference(file, change, paint))
  output.flush()
}

function difference(file: string, { line, user, message, before, after }: Change, paint: Paint): string {
  const place = paint('bold', line === 0 ? file : `${file}:${line}`)
  const about = user === undefined ? '' : `${printable(user)}: `
  const minus = before === undefined ? '' : `${paint('red', `  - ${printable(before)}`)}\n`
  const plus = after === undefined ? '' : `${paint('green', `  + ${printable(after)}`)}\n`
  return `${place}: ${about}${message}\n${minus}${plus}`
}

/** The copy as the file was named, unless a link led elsewhere. */
const shownAs = (file: string, backup: string): string =>
  backup.startsWith(resolve(file)) ? file + backup.slice(resolve(file).length) : backup

/** What a fix cannot do. */
function leftover(file: string, bytes: Uint8Array): string {
  let problems = 0
  for (const { severity } of checkDocument(bytes)) if (severity === 'problem') problems++
  return problems === 0
    ? ''
    : `; ${count(problems, 'problem')} left for you, see: htpasswd check ${shellWord(file)}`
}

const resultOf = (file: string, { changes }: Plan, backup: string | undefined): object => ({
  file,
  changes,
  written: backup !== undefined,
  ...(backup !== undefined && { backup }),
})
