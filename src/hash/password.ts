// A password on its way into a hash: bytes, text as UTF-8, never a NUL.
import { type ByteString, toByteString } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'

/**
 * The bytes to hash. Text is encoded as UTF-8, as browsers and Apache's command send it.
 *
 * @throws HtpasswdError `ERR_PASSWORD` for anything else than text and bytes.
 */
export function checkedPassword(password: string | Uint8Array): ByteString {
  if (typeof password === 'string' || password instanceof Uint8Array) return toByteString(password)
  throw new HtpasswdError(
    'ERR_PASSWORD',
    `"password" expected a string or a Uint8Array, got ${typeof password}`,
  )
}

/**
 * C programs end a string at a NUL, so to Apache and nginx "a\0b" is the password "a": such a password is refused
 * when it is set and matches nothing when it is checked.
 */
export const hasNul = (password: ByteString): boolean => password.includes('\0')
