// The contract of a password-hash format; one format family a file implements it, registry.ts lists them.

/**
 * How well a stored hash resists guessing, once the file has leaked:
 * `strong` is slow on purpose, `weak` is salted but fast, `broken` is unsalted, truncating or no hash at all.
 */
export type Strength = 'strong' | 'weak' | 'broken'

/** What can be read from a stored hash without a password. */
export interface FormatInfo {
  /** The prefix as stored where a format has several, such as `2y` or `2a`. */
  readonly variant?: string
  /** bcrypt's cost: 2 to this power key expansions. */
  readonly cost?: number
  /** SHA-crypt's number of digest rounds. */
  readonly rounds?: number
  /** How well it resists guessing. */
  readonly strength: Strength
}

/** The one number that makes a format slower: its name in the options, its range, and what a verify accepts at most. */
interface WorkParameter {
  readonly name: 'cost' | 'rounds'
  readonly default: number
  readonly min: number
  readonly max: number
  /** A stored hash above this is refused before any work: a hostile file must not stop the program. */
  readonly verifyMax: number
}

/**
 * A hash format in the manner of crypt(3): a setting (prefix, parameters, salt) and a password give the whole
 * stored string; a password is right when the stored string, taken as the setting, gives itself again.
 * Both are Latin-1: one character a byte, for salts and passwords may hold any byte.
 */
export interface HashFormat<Id extends string = string> {
  readonly id: Id
  readonly parameter?: WorkParameter
  /** Whether the text is meant to be of this format, well-formed or not. */
  claims(hash: string): boolean
  /**
   * The parameters of a well-formed hash; anything else, such as a character above U+00FF, is undefined and never
   * reaches `compute`.
   */
  identify(hash: string): FormatInfo | undefined
  /** A new setting with a fresh salt; without its parameter the format's default. */
  setting(parameter?: number): string
  /** The canonical stored string, or undefined for a password that the format cannot carry. */
  compute(password: string, setting: string): Promise<string | undefined> | string | undefined
  /** About how long `compute` takes on a plain machine, in milliseconds, for a password of so many bytes. */
  milliseconds(setting: string, passwordBytes: number): number
  /** Where a `compute` that takes long gives the event loop its turns. */
  readonly yields?: true
}

// libcrypt refuses longer passwords (CRYPT_MAX_PASSPHRASE_SIZE = 512 with the NUL), so no file of Apache's opens to one.
export const MAX_CRYPT_PASSWORD_BYTES = 511
