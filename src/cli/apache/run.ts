// The command in Apache's grammar: checks in Apache's order, Apache's messages, Apache's statuses (support/htpasswd.c).
import { type ByteString, encodeSurrogateEscape } from '../../bytes.ts'
import { HtpasswdDocument } from '../../document/document.ts'
import { checkUsername, checkUsernameFits } from '../../document/username.ts'
import { ExitStatus, HtpasswdError } from '../../errors.ts'
import { BCRYPT_PASSWORD_BYTES, bcrypt } from '../../hash/formats/bcrypt.ts'
import { sha512crypt } from '../../hash/formats/sha-crypt.ts'
import { makeHash } from '../../hash/hash-password.ts'
import type { HashOptions } from '../../hash/options.ts'
import { checkAccess } from '../../store/access.ts'
import { readAnyFile } from '../../store/read-file.ts'
import { rejectUnencodablePath } from '../arguments.ts'
import { kindOfPath, privateFile, rejectMalformed } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'
import { printable, reportErrors } from '../terminal/output.ts'
import { asCalled, programName } from '../terminal/program-name.ts'
import { type ClassicCommand, type LongOptionParser, parseClassic, UsageError } from './grammar.ts'
import { namedHashing, updateHashing } from './hashing.ts'
import { keepingOldFile } from './kept-file.ts'
import { passwordOf } from './password.ts'
import { verify } from './verify.ts'

/** Apache's buffer (MAX_STRING_LEN) less NUL and newline: Apache's command could not read a longer line again. */
const MAX_RECORD_BYTES = 254

/** Says what was probably meant by a command line that fails; undefined if Apache's own message says it best. */
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
    error => (error instanceof UsageError ? usageText(error, io) : `htpasswd: ${asCalled(error.message)}\n`),
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

const usageText = (error: UsageError, io: Io): string =>
  isWrongNumber(error) && io.isTerminal(2)
    ? `${error.text}\nFor the other commands (serve, add, passwd, remove, list ...): ${programName()} --help\n`
    : error.text

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
  // `-c bob users`: Apache's command makes a file `bob`, which nobody means who has a password file `users`
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

/** Whether this is the path of a file with users. */
function isPasswordFile(path: string): boolean {
  if (kindOfPath(path) !== 'file') return false
  try {
    const document = new HtpasswdDocument(readAnyFile(path))
    return document.size > 0 && !document.isMalformed
  } catch {
    return false
  }
}

/** A printed record may have any name that fits on its line, also none: `htpasswd -nbB "" PW` is the way to a bare hash. */
function checkName({ mode, user }: ClassicCommand): void {
  if (mode === 'create' || mode === 'update') checkUsername(user)
  else checkUsernameFits(user)
  if (mode === 'print' && /[\r\n]/.test(user))
    throw new HtpasswdError('ERR_USERNAME', 'username contains a newline, which would end the record')
}

interface Made {
  readonly hash: string
  readonly password: ByteString
}

async function makeRecord(
  command: ClassicCommand,
  argument: ByteString | undefined,
  options: HashOptions,
  io: Io,
): Promise<Made> {
  const { format, cost, rounds } = options
  if (command.work !== undefined && cost === undefined && rounds === undefined) {
    io.err('Warning: Ignoring -C/-r argument for this algorithm.\n')
  }
  const { min = 0, max = 0, verifyMax = 0 } = (cost === undefined ? sha512crypt : bcrypt).parameter ?? {}
  if (cost !== undefined && (cost < min || cost > max)) {
    throw new CostError(`Unable to encode with bcrypt: the cost expected ${min} to ${max}, got ${cost}`)
  }
  if (rounds !== undefined && rounds > verifyMax) {
    io.err(`Warning: ${rounds} rounds are more than htpasswd -v checks (${verifyMax}).\n`)
  }
  const password = argument ?? (await passwordOf(command, io))
  if (format === 'plaintext' && /[\r\n]/.test(password)) {
    throw new HtpasswdError(
      'ERR_PASSWORD',
      'a plain text password must not contain a newline, which would begin another record',
    )
  }
  const hash = await makeHash(password, options)
  if (format === 'des' && password.length > 8)
    io.err('Warning: Password truncated to 8 characters by CRYPT algorithm.\n')
  if (format === 'bcrypt' && password.length > BCRYPT_PASSWORD_BYTES)
    io.err(`Warning: bcrypt uses only the first ${BCRYPT_PASSWORD_BYTES} bytes of the password.\n`)
  if (encodeSurrogateEscape(command.user).length + 1 + hash.length > MAX_RECORD_BYTES) {
    throw new HtpasswdError('ERR_TOO_LONG', 'resultant record too long')
  }
  return { hash, password }
}

/** Apache ends with 3 on a cost that its bcrypt refuses. */
class CostError extends HtpasswdError {
  override readonly exitStatus = ExitStatus.verification

  constructor(message: string) {
    super('ERR_OPTION', message)
  }
}

async function write(
  command: ClassicCommand,
  argument: ByteString | undefined,
  options: HashOptions,
  io: Io,
): Promise<number> {
  const { hash, password } = await makeRecord(command, argument, options, io)
  let isDelivered = command.given?.isShown !== true
  const deliver = (): void => {
    if (isDelivered) return
    isDelivered = true
    if (command.file !== undefined) io.deliver(1, `${password}\n`)
    // standard output has the record
    else io.deliver(2, `Generated password for ${printable(command.user)}: ${password}\n`)
  }
  const store = (): Promise<void> => storeRecord(command, hash, io, deliver)
  await (command.given?.store(password, command.file, store) ?? store())
  return ExitStatus.ok
}

/** @param deliver called before the record is stored; if it throws, nothing is. */
async function storeRecord(
  { file, user, mode, inPlace }: ClassicCommand,
  hash: string,
  io: Io,
  deliver: () => void,
): Promise<void> {
  if (file === undefined) {
    deliver()
    io.out(Buffer.from(`${encodeSurrogateEscape(user)}:${hash}\n\n`, 'latin1'))
    return
  }
  const { rewriteUsers, updateFile } = await import('../../store/update.ts')
  const options = { inPlace, onPrivate: () => io.err(privateFile(file)) }
  const change = (document: HtpasswdDocument): 'added' | 'updated' => {
    rejectMalformed(document, file)
    const result = document.set(user, hash)
    deliver()
    return result
  }
  const replace = (): Promise<'added' | 'updated'> =>
    keepingOldFile(file, io, keep =>
      rewriteUsers(
        file,
        async before => {
          await keep(before)
          const document = new HtpasswdDocument()
          return { result: change(document), pieces: document.chunks() }
        },
        { ...options, replace: true },
      ),
    )
  const done = await (mode === 'create' ? replace() : updateFile(file, change, options))
  io.err(`${done === 'added' ? 'Adding' : 'Updating'} password for user ${printable(user)}\n`)
}

async function remove(command: ClassicCommand, io: Io): Promise<number> {
  const { updateFile } = await import('../../store/update.ts')
  const file = command.file as string
  const remove = (document: HtpasswdDocument): boolean => {
    rejectMalformed(document, file)
    return document.delete(command.user)
  }
  const isFound = await updateFile(file, remove, { inPlace: command.inPlace })
  const user = printable(command.user)
  io.err(isFound ? `Deleting password for user ${user}\n` : `User ${user} not found\n`)
  return ExitStatus.ok
}
