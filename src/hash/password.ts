// A password on its way into a hash: always bytes, text as UTF-8, never a NUL.

import { byteText } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'

/**
 * The bytes that are hashed, one Latin-1 character each, which is how the engines take them; text becomes UTF-8 first,
 * as every browser and Apache's command send it.
 */
export function passwordBytes(password: string | Uint8Array): string {
  if (typeof password === 'string' || password instanceof Uint8Array) return byteText(password)
  throw new HtpasswdError(
    'ERR_PASSWORD',
    `"password" expected a string or a Uint8Array, got ${typeof password}`,
  )
}

/**
 * C programs end a string at a NUL, so to Apache and nginx "a\0b" is the password "a": such a password is refused
 * when it is set and matches nothing when it is checked.
 */
export const hasNul = (password: string): boolean => password.includes('\0')
