// A password on its way into a hash: always bytes, text as UTF-8, never a NUL.
import { HtpasswdError } from '../errors.ts'
import { asBuffer } from './as-buffer.ts'

/**
 * The bytes that are hashed, one Latin-1 character each, which is how the engines take them; text becomes UTF-8 first,
 * as every browser and Apache's command send it. ASCII is the same in all of these and stays the string that it is:
 * around a short hash, a Buffer and the way back from it take longer than everything else.
 */
export function passwordBytes(password: string | Uint8Array): string {
  if (typeof password === 'string')
    return isAscii(password) ? password : Buffer.from(password, 'utf8').toString('latin1')
  if (password instanceof Uint8Array) return asBuffer(password).toString('latin1')
  throw new HtpasswdError(
    'ERR_PASSWORD',
    `"password" expected a string or a Uint8Array, got ${typeof password}`,
  )
}

/** By hand: a pattern takes microseconds to get going. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/**
 * C programs end a string at a NUL, so to Apache and nginx "a\0b" is the password "a": such a password is refused
 * when it is set and matches nothing when it is checked.
 */
export const hasNul = (password: string): boolean => password.includes('\0')
