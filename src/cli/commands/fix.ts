// `htpasswd fix`: repairs what needs no password, after showing the difference and asking; keeps a backup.
import { statSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { checkDocument } from '../../check/check-document.ts'
import { type Change, type Fix, fixDocument } from '../../check/fix-document.ts'
import { ExitStatus, HtpasswdError } from '../../errors.ts'
import { hasAcl } from '../../store/attributes.ts'
import { backUp } from '../../store/backup.ts'
import { rewriteUsers } from '../../store/update.ts'
import { onlyFile } from '../options/parse.ts'
import { runCommand } from '../options/run-command.ts'
import {
  type CommandSpec,
  helpOption,
  inPlaceOption,
  jsonOption,
  type OptionTable,
} from '../options/table.ts'
import { usageError } from '../options/usage-error.ts'
import { fixSynonyms } from '../options/user-synonyms.ts'
import { othersCanWrite, shownAs } from '../password-file.ts'
import { readUsers } from '../read-users.ts'
import type { Io } from '../terminal/io.ts'
import {
  count,
  Output,
  type Paint,
  painter,
  printable,
  printableJson,
  shellWord,
} from '../terminal/output.ts'
import { programName } from '../terminal/program-name.ts'
import { confirm } from '../terminal/prompt.ts'

export const fixOptions = {
  yes: { group: 'Running:', alias: 'y', describe: 'write without asking' },
  'in-place': {
    ...inPlaceOption,
    describe:
      'write into the existing file instead of replacing it, as for a file that is mounted into a container',
  },
  'dry-run': { group: 'Running:', describe: 'show what would change, and write nothing' },
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

export const fixSpec: CommandSpec<typeof fixOptions> = {
  name: 'fix',
  synopsis: ['[FILE]'],
  describe:
    'Repairs what needs no password: UTF-16 and byte order mark, CRLF and CR, a missing newline at the end, whitespace around a record, $$ from a ' +
    'compose file, duplicate users (the first record is kept, the one that Apache and nginx use), and a file that ' +
    'others can write. Shows the difference, asks, and keeps a backup as FILE.bak.',
  options: fixOptions,
  synonyms: fixSynonyms,
  examples: ['htpasswd fix users --dry-run'],
  epilogue:
    'Status 0: repaired, or nothing to repair. 1: the file could not be read or written; with --dry-run, there is something to ' +
    'repair. 4: not confirmed, nothing was changed.',
}

/** Runs the command and returns its exit status. */
export function fix(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(fixSpec, argv, io, async ({ positionals, values }) => {
    const file = onlyFile(positionals, io.env)
    if (values.json && !values.yes && !values['dry-run']) {
      throw usageError('--json needs --yes or --dry-run, because it shows no difference to confirm')
    }
    const { bytes: before } = await readUsers(file)
    const plan = await planOf(file, before, io.platform)
    const report = (backup?: string): number => {
      if (values.json) io.out(`${printableJson(resultOf(file, plan, backup))}\n`)
      return ExitStatus.ok
    }
    if (plan.changes.length === 0) {
      if (!values.json) io.out(`${printable(file)}: nothing to repair${leftover(file, before)}\n`)
      return report()
    }
    if (!values.json) showDifference(io, file, plan.changes)
    if (values['dry-run']) return report() || ExitStatus.file
    if (!values.yes && !(await confirm(io, `Write ${file}?`))) {
      throw new HtpasswdError(
        'ERR_INTERRUPTED',
        'not confirmed, nothing was changed; with --yes there is no question',
      )
    }
    const backup = await write(file, before, plan, values['in-place'])
    if (!values.json) {
      io.out(
        `${printable(file)}: ${count(plan.changes.length, 'change')}, backup in ${printable(shownAs(file, backup))}` +
          `${modeLeft(file, plan)}${leftover(file, plan.bytes)}\n`,
      )
    }
    return report(backup)
  })
}

/** The repaired text and the changes, including one of the file's mode. */
interface Plan extends Fix {
  /** The new permission bits; undefined if they stay as they are. */
  readonly mode: number | undefined
}

async function planOf(file: string, bytes: Buffer, platform: NodeJS.Platform): Promise<Plan> {
  const fixed = fixDocument(bytes)
  const { mode: type, uid } = statSync(file)
  const mode = type & 0o7777
  const mayChange = platform !== 'win32' && [0, uid].includes(process.geteuid?.() ?? 0)
  if (!mayChange || !othersCanWrite(mode)) return { ...fixed, mode: undefined }
  // an ACL gave these users write permission by name, so the mode is not the cause
  if ((mode & 0o002) === 0 && (await hasAcl(file))) return { ...fixed, mode: undefined }
  const closed = mode & ~0o022
  const message = `mode changed from ${mode.toString(8)} to ${closed.toString(8)}: other users could write to it`
  return { bytes: fixed.bytes, changes: [{ code: 'mode', line: 0, message }, ...fixed.changes], mode: closed }
}

/** Writes what was shown, or nothing if another program has changed the file since. */
async function write(file: string, before: Buffer, { bytes, mode }: Plan, inPlace: boolean): Promise<string> {
  let backup: string | undefined
  const rewrite = async (now: Buffer | undefined) => {
    if (now === undefined || !now.equals(before)) {
      throw new HtpasswdError(
        'ERR_FILE_BUSY',
        `${file} was changed by another program in the meantime; run the command again`,
      )
    }
    backup ??= await backUp(file, before)
    return { result: backup, pieces: [Buffer.from(bytes)], ...(mode !== undefined && { mode }) }
  }
  try {
    return await rewriteUsers(file, rewrite, { inPlace })
  } catch (error) {
    // the file was not changed, so the backup is not needed
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
  const location = paint('bold', line === 0 ? printable(file) : `${printable(file)}:${line}`)
  const about = user === undefined ? '' : `${printable(user)}: `
  const minus = before === undefined ? '' : `${paint('red', `  - ${printable(before)}`)}\n`
  const plus = after === undefined ? '' : `${paint('green', `  + ${printable(after)}`)}\n`
  return `${location}: ${about}${message}\n${minus}${plus}`
}

/** A file system may ignore or refuse a mode, as CIFS and FAT do. */
const modeLeft = (file: string, { mode }: Plan): string =>
  mode === undefined || (statSync(file).mode & 0o7777) === mode
    ? ''
    : '; its mode stays, because the file system did not change it'

/** Tells how many problems cannot be fixed automatically. */
function leftover(file: string, bytes: Uint8Array): string {
  let problems = 0
  for (const { severity } of checkDocument(bytes)) if (severity === 'problem') problems++
  return problems === 0
    ? ''
    : `; ${count(problems, 'problem')} left, see: ${programName()} check ${shellWord(file)}`
}

const resultOf = (file: string, { changes }: Plan, backup: string | undefined): object => ({
  file,
  changes,
  written: backup !== undefined,
  ...(backup !== undefined && { backup }),
})
