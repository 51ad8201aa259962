// A password as a stream of bytes brings it: bounded, and less the line end that programs write behind it.
import { type ByteString, toByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'

// MAX_STRING_LEN of support/passwd_common.h is 256, and its -i counts the line end as well
export const MAX_INPUT_BYTES = 255

/** @param input all of it, or at least one byte more than may come. */
export function passwordIn(input: Buffer): ByteString {
  rejectLong(input, MAX_INPUT_BYTES, '(>256)')
  const lineEnd = input.at(-1) !== 10 ? 0 : input.at(-2) === 13 ? 2 : 1
  return toByteString(input.subarray(0, input.length - lineEnd))
}

export function rejectLong(password: ByteString | Buffer, limit: number, words: string): void {
  if (password.length > limit) throw new HtpasswdError('ERR_TOO_LONG', `password too long ${words}`)
}
