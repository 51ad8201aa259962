// `htpasswd -v`: whether a password is a user's.
import { type ByteString, encodeSurrogateEscape } from '../../bytes.ts'
import { RecordScan } from '../../document/record-scan.ts'
import { ExitStatus, HtpasswdError } from '../../errors.ts'
import { foreignHash } from '../../hash/foreign.ts'
import { verifyHash } from '../../hash/hash-password.ts'
import { readParts } from '../../store/read-parts.ts'
import { notAPasswordFile } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'
import type { ClassicCommand } from './grammar.ts'
import { passwordOf } from './password.ts'

// what crypt_blowfish answers with EINVAL: the prefix that Apache computes itself, with no valid cost and salt behind it
const isBrokenBcrypt = (hash: string): boolean =>
  /^\$2[ay]\$/.test(hash) && !/^\$2[ay]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{22}/.test(hash)

/**
 * Runs the check and returns the exit status. As in Apache's command, which reads line by line, a malformed line counts
 * when it stands before the user's, or when all else was right.
 */
export async function verify(
  command: ClassicCommand,
  argument: ByteString | undefined,
  io: Io,
): Promise<number> {
  const file = command.file as string
  const scan = await readParts(file, () => new RecordScan(encodeSurrogateEscape(command.user)))
  if (scan?.malformed === 'before') throw notAPasswordFile(file)
  const say = (status: number, message: string): number => {
    io.err(`${message}\n`)
    return status
  }
  const hash = scan?.hash
  if (hash === undefined) return say(ExitStatus.user, `User ${command.user} not found`)
  if (hash === '') return say(ExitStatus.invalidFile, `Empty hash for user ${command.user}`)
  const password = argument ?? (await passwordOf(command, io))
  if (isBrokenBcrypt(hash)) return say(ExitStatus.unverifiable, 'Could not verify password: Invalid argument')
  const foreign = foreignHash(hash)
  if (foreign?.libxcrypt)
    return say(ExitStatus.unverifiable, `Could not verify password: ${foreign.name} is not supported here`)
  // Apache on Windows has no crypt(3) and compares with the text itself (apr_passwd.c); we never do so with what looks
  // like a hash, or whoever reads an unknown one in the file could log in with it
  const plaintext = io.platform === 'win32' && !/^[${]/.test(hash)
  try {
    const matches = await verifyHash(password, hash, { plaintext })
    if (!matches) return say(ExitStatus.verification, 'password verification failed')
  } catch (error) {
    if (!(error instanceof HtpasswdError && error.code === 'ERR_HASH_LIMIT')) throw error
    return say(ExitStatus.unverifiable, `Could not verify password: ${error.message}`)
  }
  if (scan?.malformed === 'after') throw notAPasswordFile(file)
  return say(ExitStatus.ok, `Password for user ${command.user} correct.`)
}
