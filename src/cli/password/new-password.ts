// The new password of our own commands: from an option, or typed twice, with a note if it is short.
import { type ByteString, fromByteString, toByteString } from '../../bytes.ts'
import { ExitStatus, HtpasswdError } from '../../errors.ts'
import { BCRYPT_PASSWORD_BYTES } from '../../hash/formats/bcrypt.ts'
import type { Io } from '../terminal/io.ts'
import { printable } from '../terminal/output.ts'
import { askPasswords } from '../terminal/prompt.ts'
import { isToBeShown } from './generated.ts'
import type { PasswordValues } from './options.ts'
import { passwordFrom, rejectSeveral } from './source.ts'

/** A shorter password can be guessed at a login, even if no hash leaks (NIST SP 800-63B, 3.1.1.2). */
const SHORT_CHARACTERS = 8

export interface NewPassword {
  readonly password: ByteString
  /** Whether the password is generated and has to be shown, because no file receives it. */
  readonly isShown: boolean
}

/**
 * @param user named by the prompt.
 * @throws HtpasswdError `ERR_USAGE` for several sources, `ERR_INTERRUPTED` if none is given.
 */
export async function newPassword(user: string, values: PasswordValues, io: Io): Promise<NewPassword> {
  rejectSeveral(values)
  const given = passwordFrom(values, io.env)
  const password = given ?? (await askTwice(user, io))
  noteLength(password, io)
  return { password, isShown: isToBeShown(values) }
}

/** Asks until both entries are the same; without a terminal only once. */
async function askTwice(user: string, io: Io): Promise<ByteString> {
  const questions = [`New password for ${printable(user)}: `, 'Re-type new password: ']
  const answers = await askPasswords(io, questions, () => {}, objectionTo)
  if (answers[0]?.length === 0) throw emptyError()
  if (objectionTo(answers) !== undefined) throw new MismatchError()
  return toByteString(answers[0] as Buffer)
}

function objectionTo([answer, again]: readonly Buffer[]): string | undefined {
  if (answer === undefined || again === undefined || !answer.equals(again))
    return 'The two passwords differ; try again.'
  return answer.length === 0 ? 'Expected a password, got an empty one; try again.' : undefined
}

const emptyError = (): HtpasswdError =>
  new HtpasswdError('ERR_PASSWORD', 'expected a password, got an empty one; nothing was changed')

/** Apache's exit status for two different entries. */
class MismatchError extends HtpasswdError {
  override readonly exitStatus = ExitStatus.verification

  constructor() {
    super('ERR_PASSWORD', 'the two passwords differ; nothing was changed')
  }
}

function noteLength(password: ByteString, io: Io): void {
  const characters = [...fromByteString(password).toString()].length
  if (characters < SHORT_CHARACTERS)
    io.err(`Note: the password has fewer than ${SHORT_CHARACTERS} characters and is easy to guess.\n`)
  if (password.length > BCRYPT_PASSWORD_BYTES)
    io.err(`Warning: bcrypt uses only the first ${BCRYPT_PASSWORD_BYTES} bytes of the password.\n`)
}
