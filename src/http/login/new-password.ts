// The requirements on a new password: long enough, and not among the common ones. No rules about symbols.
import { toByteString } from '../../bytes.ts'
import type { PasswordProblem } from '../pages/texts/form-texts.ts'

const MIN_CHARACTERS = 8
/** bcrypt ignores further bytes, and Apache's command accepts no more for any format. */
export const maxPasswordBytes = (isBcrypt: boolean): number => (isBcrypt ? 72 : 255)
/** Of 0 to 4: 2 is at least a million guesses. NIST SP 800-63B section 5.1.1.2 asks for a list of common passwords. */
const MIN_SCORE = 2
/** The time of the estimate grows with the square of the length, and these characters are enough for it. */
const ESTIMATED_CHARACTERS = 64

/** The context in which a new password is judged. */
export interface PasswordContext {
  readonly repeated: string
  readonly current: string
  readonly isBcrypt: boolean
  /** Words that a guesser would try first: the user's name, the realm. */
  readonly words: readonly string[]
}

/** What is wrong with a new password; undefined for a good one. */
export async function problemOf(
  password: string,
  { repeated, current, isBcrypt, words }: PasswordContext,
): Promise<PasswordProblem | undefined> {
  if (password !== repeated) return 'differs'
  if ([...password].length < MIN_CHARACTERS) return 'short'
  if (toByteString(password).length > maxPasswordBytes(isBcrypt)) return 'long'
  if (/[\x00-\x1f\x7f-\x9f]/.test(password)) return 'control'
  if (password === current) return 'same'
  return (await isCommon(password, words)) ? 'common' : undefined
}

let estimate: Promise<(password: string, words: string[]) => number> | undefined

/** Loads the estimator and its list of passwords at the first use, because they take 3 MB. */
async function loadEstimate(): Promise<(password: string, words: string[]) => number> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
  return (password, words) => estimator.check(password, words).score
}

async function isCommon(password: string, words: readonly string[]): Promise<boolean> {
  estimate ??= loadEstimate()
  return (await estimate)(password.slice(0, ESTIMATED_CHARACTERS), [...words]) < MIN_SCORE
}
