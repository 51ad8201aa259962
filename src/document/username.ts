// User names: the one place that checks whether they can be stored.

import { encodeSurrogateEscape } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'

/** The longest name that Apache's command accepts, in bytes (MAX_STRING_LEN in support/passwd_common.h). */
export const MAX_USERNAME_BYTES = 255

/** Length and colon: what Apache's command checks before anything else. */
export function checkUsernameFits(name: string): void {
  if (encodeSurrogateEscape(name).length > MAX_USERNAME_BYTES) {
    throw new HtpasswdError('ERR_TOO_LONG', `username too long (> ${MAX_USERNAME_BYTES})`)
  }
  if (name.includes(':')) throw new HtpasswdError('ERR_USERNAME', "username contains illegal character ':'")
}

const CONTROL_NAMES: Record<string, string> = {
  '\0': 'NUL',
  '\t': 'tab',
  '\n': 'line feed',
  '\r': 'carriage return',
}

/**
 * Accepts a name only if it cannot inject a line, become a comment or another user, or control a terminal.
 *
 * @throws HtpasswdError `ERR_USERNAME` or `ERR_TOO_LONG`, naming the character.
 */
export function checkUsername(name: string): void {
  checkUsernameFits(name)
  if (name === '')
    throw new HtpasswdError('ERR_USERNAME', 'username expected at least one character, got an empty name')
  const control = /[\x00-\x1f\x7f-\x9f]/.exec(name)?.[0]
  if (control !== undefined) {
    const point = `U+${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
    const label = CONTROL_NAMES[control]
    throw new HtpasswdError(
      'ERR_USERNAME',
      `username contains the control character ${point}${label ? ` (${label})` : ''}`,
    )
  }
  // at the start of a file, readers would skip the mark and see another name, or read the file as UTF-16
  if (/^(?:\ufeff|\udcff\udcfe|\udcfe\udcff)/.test(name))
    throw new HtpasswdError('ERR_USERNAME', 'username begins with a byte order mark')
  const first = name[0]
  if (first === '#')
    throw new HtpasswdError('ERR_USERNAME', "username begins with '#', which would make the line a comment")
  if (first === ' ')
    throw new HtpasswdError('ERR_USERNAME', 'username begins with a space, which readers of the file skip')
}
