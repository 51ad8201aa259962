// Reads a password from a byte stream: at most 255 bytes, without one trailing newline.
import { type ByteString, toByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'

// MAX_STRING_LEN of support/passwd_common.h is 256, and its -i counts the newline as well
export const MAX_INPUT_BYTES = 255

/** @param input everything, or at least one byte more than is allowed. */
export function passwordIn(input: Buffer): ByteString {
  rejectLong(input, MAX_INPUT_BYTES, '(>256)')
  const newline = input.at(-1) !== 10 ? 0 : input.at(-2) === 13 ? 2 : 1
  return toByteString(input.subarray(0, input.length - newline))
}

export function rejectLong(password: ByteString | Buffer, limit: number, words: string): void {
  if (password.length > limit) throw new HtpasswdError('ERR_TOO_LONG', `password too long ${words}`)
}
