// The record that Apache's grammar stores or prints: its hash, with Apache's warnings and limits.
import { type ByteString, encodeSurrogateEscape } from '../../bytes.ts'
import { ExitStatus, HtpasswdError } from '../../errors.ts'
import { BCRYPT_PASSWORD_BYTES, bcrypt } from '../../hash/formats/bcrypt.ts'
import { sha512crypt } from '../../hash/formats/sha-crypt.ts'
import { makeHash } from '../../hash/hash-password.ts'
import type { HashOptions } from '../../hash/options.ts'
import type { Io } from '../terminal/io.ts'
import type { ClassicCommand } from './grammar.ts'
import { passwordOf } from './password.ts'

/** Apache's buffer (MAX_STRING_LEN) less NUL and newline: Apache's command could not read a longer line again. */
const MAX_RECORD_BYTES = 254

interface MadeRecord {
  readonly hash: string
  readonly password: ByteString
}

/** Hashes the password, with Apache's warnings and limits. */
export async function makeRecord(
  command: ClassicCommand,
  argument: ByteString | undefined,
  options: HashOptions,
  io: Io,
): Promise<MadeRecord> {
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
