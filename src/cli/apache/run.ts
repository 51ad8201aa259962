// The command in Apache's grammar: checks in Apache's order, Apache's messages, Apache's statuses (support/htpasswd.c).
import { type ByteString, encodeSurrogateEscape } from '../../bytes.ts'
import { checkUsername, checkUsernameFits } from '../../document/username.ts'
import { ExitStatus, HtpasswdError } from '../../errors.ts'
import { BCRYPT_PASSWORD_BYTES, bcrypt } from '../../hash/formats/bcrypt.ts'
import { sha512crypt } from '../../hash/formats/sha-crypt.ts'
import { makeHash } from '../../hash/hash-password.ts'
import type { HashOptions } from '../../hash/options.ts'
import { checkAccess } from '../../store/access.ts'
import { privateFile, rejectMalformed } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'
import { printable, reportErrors } from '../terminal/output.ts'
import { type ClassicCommand, type LongOptions, parseClassic, UsageError } from './grammar.ts'
import { passwordOf } from './password.ts'
import { verify } from './verify.ts'

/** Apache's default cost, which its servers and scripts are used to; the library's is 12. */
const CLASSIC_COST = 5
/** What fits Apache's buffer (MAX_STRING_LEN) with a NUL and a line end: a longer line is one that it would not read again. */
const MAX_RECORD_BYTES = 254

/** Runs one command and returns its exit status. */
export const classic = (argv: readonly string[], io: Io, long?: LongOptions): Promise<number> =>
  reportErrors(
    io,
    async () => run(parseClassic(argv, long), io),
    error => (error instanceof UsageError ? error.text : `htpasswd: ${error.message}\n`),
  )

async function run(command: ClassicCommand, io: Io): Promise<number> {
  const writes = command.mode !== 'verify' && command.mode !== 'delete'
  if (writes) checkUsername(command.user)
  else checkUsernameFits(command.user)
  // Apache refuses a password that is too long before it looks at the file
  const argument = command.source === 'argument' ? await passwordOf(command, io) : undefined
  const options = hashOptions(command, io)
  if (writes) checkRounds(options)
  if (command.namesPlaintext && io.platform !== 'win32') {
    io.err('Warning: storing passwords as plain text might just not work on this platform.\n')
  }
  if (command.file !== undefined) {
    const purposes = {
      verify: 'read',
      create: 'create',
      update: 'update',
      delete: 'update',
      print: 'read',
    } as const
    checkAccess(command.file, purposes[command.mode])
  }
  if (command.mode === 'verify') return verify(command, argument, io)
  if (command.mode === 'delete') return remove(command, io)
  return write(command, argument, options, io)
}

/** What `-C` or `-r` mean for the format that counts. */
function hashOptions({ format, work }: ClassicCommand, io: Io): HashOptions {
  // crypt(3) is not on Windows, and Apache's command makes apr1 there
  if (format === 'des' && io.platform === 'win32') return { format: 'apr1' }
  if (format === 'bcrypt') return { format, cost: work ?? CLASSIC_COST }
  const takesRounds = format === 'sha256crypt' || format === 'sha512crypt'
  return takesRounds && work !== undefined ? { format, rounds: work } : { format }
}

/** The real one writes `*0` for these, a record that nobody can log in with. */
function checkRounds({ rounds }: HashOptions): void {
  const { min, max } = sha512crypt.parameter ?? { min: 0, max: 0 }
  if (rounds === undefined || (rounds >= min && rounds <= max)) return
  throw new UsageError(`argument to -r expected ${min} to ${max}, got ${rounds}`, false)
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
      'a plain text password expected no line end, got one; it would begin a line of its own',
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
  const put = (): Promise<void> => writeRecord(command, hash, io)
  const isToBeShown = await (command.given?.handOver(password, command.file, put) ?? put())
  if (!isToBeShown) return ExitStatus.ok
  // standard output has the record of -n, and nothing but the password else
  if (command.file === undefined) io.err(`Generated password for ${printable(command.user)}: ${password}\n`)
  else io.out(`${password}\n`)
  return ExitStatus.ok
}

async function writeRecord(command: ClassicCommand, hash: string, io: Io): Promise<void> {
  if (command.file === undefined) {
    io.out(Buffer.from(`${encodeSurrogateEscape(command.user)}:${hash}\n\n`, 'latin1'))
    return
  }
  const { updateFile } = await import('../../store/update.ts')
  const replace = command.mode === 'create'
  const done = await updateFile(
    command.file,
    document => {
      rejectMalformed(document, command.file as string)
      return document.set(command.user, hash)
    },
    { replace, onPrivate: () => io.err(privateFile(command.file as string)) },
  )
  io.err(`${done === 'added' ? 'Adding' : 'Updating'} password for user ${printable(command.user)}\n`)
}

async function remove(command: ClassicCommand, io: Io): Promise<number> {
  const { updateFile } = await import('../../store/update.ts')
  const file = command.file as string
  const found = await updateFile(file, document => {
    rejectMalformed(document, file)
    return document.delete(command.user)
  })
  const user = printable(command.user)
  io.err(found ? `Deleting password for user ${user}\n` : `User ${user} not found\n`)
  return ExitStatus.ok
}
