// The command in Apache's grammar: checks in Apache's order, Apache's messages, Apache's statuses (support/htpasswd.c).
import { HtpasswdDocument } from '../../document/document.ts'
import { checkUsername, checkUsernameFits } from '../../document/username.ts'
import { HtpasswdError } from '../../errors.ts'
import { checkAccess } from '../../store/access.ts'
import { readAnyFile } from '../../store/read-file.ts'
import { rejectUnencodablePath } from '../arguments.ts'
import { kindOfPath } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'
import { reportErrors } from '../terminal/output.ts'
import { asCalled, programName } from '../terminal/program-name.ts'
import { type ClassicCommand, type LongOptionParser, parseClassic, UsageError } from './grammar.ts'
import { namedHashing, updateHashing } from './hashing.ts'
import { passwordOf } from './password.ts'
import { verify } from './verify.ts'
import { remove, write } from './write.ts'

/** Says what was probably meant by a command line that fails; undefined if Apache's own message is best. */
export type Explain = (failed?: {
  readonly file: string
  readonly user: string
}) => Promise<string | undefined>

const noExplanation: Explain = async () => undefined

/**
 * Runs one command and returns its exit status.
 *
 * @param explain is asked about arguments of the wrong number, and about a file that is not there.
 */
export const classic = (
  argv: readonly string[],
  io: Io,
  explain: Explain = noExplanation,
  long?: LongOptionParser,
): Promise<number> =>
  reportErrors(
    io,
    async () => run(await parse(argv, explain, long), io, explain),
    error =>
      error instanceof UsageError
        ? asCalled(usageText(error, io, argv.length === 0))
        : `htpasswd: ${asCalled(error.message)}\n`,
  )

async function parse(
  argv: readonly string[],
  explain: Explain,
  long: LongOptionParser | undefined,
): Promise<ClassicCommand> {
  try {
    return parseClassic(argv, long)
  } catch (error) {
    const message = isWrongNumber(error) ? await explain() : undefined
    throw message === undefined ? error : new HtpasswdError('ERR_USAGE', message)
  }
}

/** Apache's command then prints nothing but the usage text. */
const isWrongNumber = (error: unknown): boolean => error instanceof UsageError && error.message === ''

/** Apache's usage text to the letter; at a terminal with additions for people. */
function usageText(error: UsageError, io: Io, isEmpty: boolean): string {
  if (!isWrongNumber(error) || !io.isTerminal(2)) return error.text
  const reason = isEmpty || error.expected === undefined ? '' : `htpasswd: ${error.expected}\n`
  return `${error.text}\n${reason}For the other commands (serve, add, passwd, remove, list ...): ${programName()} --help\n`
}

const purposes = {
  verify: 'read',
  create: 'create',
  update: 'update',
  delete: 'update',
  print: 'read',
} as const

async function run(command: ClassicCommand, io: Io, explain: Explain): Promise<number> {
  const writes = command.mode !== 'verify' && command.mode !== 'delete'
  checkName(command)
  // Apache refuses a password that is too long before it looks at the file
  const argument = command.source === 'argument' ? await passwordOf(command, io) : undefined
  const named = writes ? namedHashing(command, io.platform) : {}
  if (command.namesPlaintext && io.platform !== 'win32') {
    io.err('Warning: storing passwords as plain text might just not work on this platform.\n')
  }
  if (command.file !== undefined) {
    rejectUnencodablePath(command.file)
    await checkFile(command.file, command, io, explain)
  }
  if (command.mode === 'verify') return verify(command, argument, io)
  if (command.mode === 'delete') return remove(command, io)
  return write(command, argument, await updateHashing(command, named), io)
}

async function checkFile(
  file: string,
  { mode, user }: ClassicCommand,
  io: Io,
  explain: Explain,
): Promise<void> {
  // `-c bob users`: Apache's command would create a file `bob`, although `users` is the password file
  if (mode === 'create' && io.isTerminal(2) && kindOfPath(file) === undefined && isPasswordFile(user)) {
    const message = await explain({ file, user })
    if (message !== undefined) throw new HtpasswdError('ERR_FILE_ACCESS', message)
  }
  try {
    checkAccess(file, purposes[mode])
  } catch (error) {
    const kind = kindOfPath(file)
    const isExplained = kind === 'folder' || (kind === undefined && mode !== 'create')
    const message = isExplained ? await explain({ file, user }) : undefined
    throw message === undefined ? error : new HtpasswdError('ERR_FILE_ACCESS', message, { cause: error })
  }
}

/** Whether this is a password file that has users. */
function isPasswordFile(path: string): boolean {
  if (kindOfPath(path) !== 'file') return false
  try {
    const document = new HtpasswdDocument(readAnyFile(path))
    return document.size > 0 && !document.isMalformed
  } catch {
    return false
  }
}

/**
 * A printed record may have any name that fits on its line, even an empty one: `htpasswd -nbB "" PW` prints a bare
 * hash.
 */
function checkName({ mode, user }: ClassicCommand): void {
  if (mode === 'create' || mode === 'update') checkUsername(user)
  else checkUsernameFits(user)
  if (mode === 'print' && /[\r\n]/.test(user))
    throw new HtpasswdError('ERR_USERNAME', 'username contains a newline, which would end the record')
}
