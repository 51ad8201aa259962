// Where the classic command gets its password: an argument, all of standard input, two prompts, or what an option names.
import { type ByteString, encodeSurrogateEscape, toByteString } from '../../bytes.ts'
import { ExitStatus, HtpasswdError } from '../../errors.ts'
import { MAX_INPUT_BYTES, passwordIn, rejectLong } from '../password/input.ts'
import type { Io } from '../terminal/io.ts'
import { askPasswords } from '../terminal/prompt.ts'
import type { ClassicCommand } from './grammar.ts'

// MAX_STRING_LEN of support/passwd_common.h is 256; how it counts depends on where the password comes from
const MAX_ARGUMENT_BYTES = 255
const MAX_ANSWER_BYTES = 256

/** Apache ends with 3 where the two answers differ. */
class MismatchError extends HtpasswdError {
  override readonly exitStatus = ExitStatus.verification

  constructor() {
    super('ERR_PASSWORD', 'password verification error')
  }
}

/** The bytes of the password, as they are. */
export async function passwordOf(command: ClassicCommand, io: Io): Promise<ByteString> {
  if (command.given !== undefined) return command.given.read(io)
  if (command.source === 'argument') return fromArgument(command.password ?? '')
  if (command.source === 'stdin') return fromInput(io, command.acceptsEmptyInput)
  const questions =
    command.mode === 'verify' ? ['Enter password: '] : ['New password: ', 'Re-type new password: ']
  const [answer = Buffer.alloc(0), again = answer] = await askPasswords(io, questions, one =>
    rejectLong(one, MAX_ANSWER_BYTES, '(>256)'),
  )
  if (!answer.equals(again)) throw new MismatchError()
  return toByteString(answer)
}

function fromArgument(text: string): ByteString {
  const password = encodeSurrogateEscape(text)
  rejectLong(password, MAX_ARGUMENT_BYTES, '(> 256)')
  return password
}

function fromInput(io: Io, acceptsEmpty: boolean): ByteString {
  const input = io.readAll(MAX_INPUT_BYTES + 1)
  if (input.length === 0 && !acceptsEmpty) {
    throw new HtpasswdError(
      'ERR_INTERRUPTED',
      '-i expected the password on standard input, got nothing; nothing was changed',
    )
  }
  return passwordIn(input)
}
