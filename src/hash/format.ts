// The contract of a hash format. A file in formats/ implements one family of formats; registry.ts lists them.
import type { ByteString } from '../bytes.ts'

/**
 * How well a stored hash resists guessing once the file has leaked: `strong` is slow on purpose, `weak` is salted but
 * fast, `broken` is unsalted, truncates the password, or is no hash at all.
 */
export type Strength = 'strong' | 'weak' | 'broken'

/** What the text of a stored hash tells without a password. */
export interface FormatInfo {
  /** The prefix as stored where a format has several, such as `2y` or `2a`. */
  readonly variant?: string
  /** bcrypt's cost: the binary logarithm of its number of key expansions. */
  readonly cost?: number
  /** SHA-crypt's number of digest rounds. */
  readonly rounds?: number
  /** How well it resists guessing. */
  readonly strength: Strength
}

/** The number that makes a format slower: its name in the options, its range, and what a verification accepts at most. */
interface WorkParameter {
  readonly name: 'cost' | 'rounds'
  readonly default: number
  readonly min: number
  readonly max: number
  /** A stored hash above this is refused before any work, so that a hostile file cannot stop the program. */
  readonly verifyMax: number
}

/**
 * A hash format in the manner of crypt(3): a setting (prefix, parameters, salt) and a password give the whole stored
 * string. A password is right when the stored string, taken as the setting, gives itself again.
 */
export interface HashFormat<Id extends string = string> {
  readonly id: Id
  readonly parameter?: WorkParameter
  /** How many bytes of a password count, where a format ignores the rest. */
  readonly significantBytes?: number
  /** Whether the text is meant to be of this format, well-formed or not. */
  matchesPrefix(hash: string): boolean
  /**
   * The parameters of a well-formed hash. Anything else, such as a character above U+00FF, is undefined and never
   * reaches `compute`.
   */
  identify(hash: string): FormatInfo | undefined
  /** A new setting with a fresh salt; without a parameter, the format's default. */
  setting(parameter?: number): string
  /** The canonical stored string, or undefined for a password that the format cannot carry. */
  compute(password: ByteString, setting: string): Promise<string | undefined> | string | undefined
  /** How long `compute` takes on an ordinary machine, in milliseconds, for a password of this many bytes. */
  estimateMs(setting: string, passwordLength: number): number
}

/** libcrypt refuses longer passwords (CRYPT_MAX_PASSPHRASE_SIZE is 512 with the NUL), so no file of Apache's accepts one. */
export const MAX_CRYPT_PASSWORD_BYTES = 511

type Hash = string | Promise<string>

/**
 * Loads the package that computes a format at its first use and keeps it.
 *
 * @returns a function that calls `use` with the package: synchronously once it is loaded, because waiting for a promise
 *   takes as long as a short hash.
 */
export function lazyEngine<Engine>(load: () => Promise<Engine>): (use: (engine: Engine) => Hash) => Hash {
  let engine: Engine | undefined
  return use => {
    if (engine !== undefined) return use(engine)
    return load().then(loaded => {
      engine = loaded
      return use(loaded)
    })
  }
}
