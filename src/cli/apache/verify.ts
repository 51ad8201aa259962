// `htpasswd -v`: whether a password is a user's.
import { type ByteString, encodeSurrogateEscape } from '../../bytes.ts'
import { RecordScan } from '../../document/record-scan.ts'
import { ExitStatus, HtpasswdError } from '../../errors.ts'
import { foreignHash } from '../../hash/foreign.ts'
import { verifyHash } from '../../hash/hash-password.ts'
import { readParts } from '../../store/read-parts.ts'
import { notAPasswordFile } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'
import { printable } from '../terminal/output.ts'
import type { ClassicCommand } from './grammar.ts'
import { passwordOf } from './password.ts'

// crypt_blowfish fails with EINVAL on these: a prefix that Apache computes itself, without a valid cost and salt
const isBrokenBcrypt = (hash: string): boolean =>
  /^\$2[ay]\$/.test(hash) && !/^\$2[ay]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{22}/.test(hash)

/**
 * Runs the check and returns the exit status. Apache's command reads line by line, so a malformed line is an error if it
 * comes before the user's record, or if everything else was right.
 */
export async function verify(
  command: ClassicCommand,
  argument: ByteString | undefined,
  io: Io,
): Promise<number> {
  const file = command.file as string
  const user = printable(command.user)
  const scan = await readParts(file, () => new RecordScan(encodeSurrogateEscape(command.user)))
  if (scan?.malformed === 'before') throw notAPasswordFile(file)
  const end = (status: number, message: string): number => {
    io.err(`${message}\n`)
    return status
  }
  const hash = scan?.hash
  if (hash === undefined) return end(ExitStatus.user, `User ${user} not found`)
  if (hash === '') return end(ExitStatus.invalidFile, `Empty hash for user ${user}`)
  const password = argument ?? (await passwordOf(command, io))
  if (isBrokenBcrypt(hash)) return end(ExitStatus.unverifiable, 'Could not verify password: Invalid argument')
  const foreign = foreignHash(hash)
  if (foreign?.libxcrypt)
    return end(ExitStatus.unverifiable, `Could not verify password: ${foreign.name} is not supported here`)
  // Apache on Windows has no crypt(3) and compares plain text (apr_passwd.c). Text that looks like a hash is never
  // compared, or the text of an unknown hash in the file would be accepted as the password
  const plaintext = io.platform === 'win32' && !/^[${]/.test(hash)
  try {
    const matches = await verifyHash(password, hash, { plaintext })
    if (!matches) return end(ExitStatus.verification, 'password verification failed')
  } catch (error) {
    if (!(error instanceof HtpasswdError && error.code === 'ERR_HASH_LIMIT')) throw error
    return end(ExitStatus.unverifiable, `Could not verify password: ${error.message}`)
  }
  if (scan?.malformed === 'after') throw notAPasswordFile(file)
  return end(ExitStatus.ok, `Password for user ${user} correct.`)
}
