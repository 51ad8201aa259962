// User names: the one place that checks them, and the 1:1 mapping between their bytes and text.

import { byteText, isAscii } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'

/** The longest name Apache's command takes, in bytes (MAX_STRING_LEN in support/passwd_common.h). */
export const MAX_USERNAME_BYTES = 255

// one well-formed UTF-8 character (RFC 3629 section 4) or, captured, a byte that is part of none
const UTF8 =
  /[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|([\x80-\xff])/g

/**
 * A name as its bytes, one Latin-1 character each: what names are compared by.
 * Text is UTF-8; a lone surrogate U+DC80 to U+DCFF stands for one raw byte (as in PEP 383), see `usernameText`.
 */
export function usernameKey(name: string | Uint8Array): string {
  if (typeof name !== 'string' || isAscii(name)) return byteText(name)
  // in unicode mode a surrogate matches only where it is alone
  const parts = name.split(/([\udc80-\udcff])/u)
  return parts
    .map((part, i) => (i % 2 ? String.fromCharCode(part.charCodeAt(0) - 0xdc00) : byteText(part)))
    .join('')
}

/** The text of a key; a byte that is no UTF-8 becomes a lone surrogate, so that the way back loses nothing. */
export function usernameText(key: string): string {
  if (isAscii(key)) return key
  return key.replace(UTF8, (character: string, stray: string | undefined) =>
    stray === undefined
      ? Buffer.from(character, 'latin1').toString()
      : String.fromCharCode(0xdc00 + stray.charCodeAt(0)),
  )
}

/** A name that could stand in a file at all: what Apache's command checks before anything else. */
export function checkUsernameFits(name: string): void {
  if (usernameKey(name).length > MAX_USERNAME_BYTES) {
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
 * A name that may be written: it cannot inject a line, hide as a comment, become another user or play with a terminal.
 *
 * @throws HtpasswdError `ERR_USERNAME` or `ERR_TOO_LONG`, naming the character.
 */
export function checkUsername(name: string): void {
  checkUsernameFits(name)
  if (name === '')
    throw new HtpasswdError('ERR_USERNAME', 'username expected at least one character, got an empty one')
  const control = /[\x00-\x1f\x7f-\x9f]/.exec(name)?.[0]
  if (control !== undefined) {
    const point = `U+${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
    const label = CONTROL_NAMES[control]
    throw new HtpasswdError(
      'ERR_USERNAME',
      `username contains the control character ${point}${label ? ` (${label})` : ''}`,
    )
  }
  // at the start of a file, readers would skip it and see another name, or take the file for UTF-16
  if (/^(?:\ufeff|\udcff\udcfe|\udcfe\udcff)/.test(name))
    throw new HtpasswdError('ERR_USERNAME', 'username begins with a byte order mark')
  const first = name[0]
  if (first === '#')
    throw new HtpasswdError('ERR_USERNAME', "username begins with '#', which would make it a comment")
  if (first === ' ')
    throw new HtpasswdError('ERR_USERNAME', 'username begins with a blank, which readers of the file skip')
}
