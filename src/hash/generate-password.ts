// Generates passwords: of letters and digits that do not look alike, or of words.
import { checkInteger, HtpasswdError, rejectUnknownKeys } from '../errors.ts'
import { nodeCrypto } from '../platform/node-crypto.ts'
import { wordList } from './words.ts'

// no 0 O 1 l I: a password that is shown once gets copied by eye
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** The form of a generated password: characters, or words. */
export interface GenerateOptions {
  /** How many letters and digits, 8 to 72. Default: 20, about 116 bits. */
  readonly length?: number
  /** How many words, joined by `-`, instead of characters: 4 to 12, 11 bits each. */
  readonly words?: number
}

export const DEFAULT_LENGTH = 20
/** 66 bits. */
export const DEFAULT_WORDS = 6

// bcrypt reads 72 bytes; below 8 characters (46 bits) or 4 words (44 bits) a leaked file gives the password away
export const passwordRanges = { length: [8, 72], words: [4, 12] } as const

/**
 * Generates a random password from the system's random generator: letters and digits except those that look alike
 * (0 O 1 l I), or lower-case English words.
 *
 * @throws HtpasswdError `ERR_OPTION` for a number out of its range, or if both options are given.
 *
 * @example
 * ```js
 * import { generatePassword } from 'htpasswd-kit'
 *
 * console.log(generatePassword().length) // such as 'nHk3vLw8RqTz5mXcYb7e'
 * console.log(generatePassword({ words: 6 }).split('-').length) // such as 'dock-fern-lilac-moth-ruby-tile'
 * ```
 *
 * ```text
 * 20
 * 6
 * ```
 */
export function generatePassword(options: GenerateOptions = {}): string {
  rejectUnknownKeys('GenerateOptions', options, ['length', 'words'])
  if (options.length !== undefined && options.words !== undefined)
    throw new HtpasswdError('ERR_OPTION', 'expected "length" or "words", got both')
  for (const [name, [min, max]] of Object.entries(passwordRanges)) {
    checkInteger(name, options[name as keyof typeof passwordRanges], min, max)
  }
  if (options.words !== undefined) return pick(wordList(), options.words).join('-')
  return pick(ALPHABET, options.length ?? DEFAULT_LENGTH).join('')
}

/** randomInt is uniform: it draws again where a remainder would favour some. */
const pick = (from: string | readonly string[], count: number): string[] =>
  Array.from({ length: count }, () => from[nodeCrypto().randomInt(from.length)] as string)
