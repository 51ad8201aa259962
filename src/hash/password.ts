// A password on its way into a hash: always bytes, text as UTF-8, never a NUL.
import { HtpasswdError } from '../errors.ts'

/** The bytes that are hashed: text becomes UTF-8, as every browser and Apache's command send it. */
export function passwordBytes(password: string | Uint8Array): Uint8Array {
  if (typeof password === 'string') return Buffer.from(password, 'utf8')
  if (password instanceof Uint8Array) return password
  throw new HtpasswdError(
    'ERR_PASSWORD',
    `"password" expected a string or a Uint8Array, got ${typeof password}`,
  )
}

/**
 * C programs end a string at a NUL, so to Apache and nginx "a\0b" is the password "a": such a password is refused
 * when it is set and matches nothing when it is checked.
 */
export const hasNul = (password: Uint8Array): boolean => password.includes(0)
