// The file among the positionals of a command that takes names as well: `[FILE] USER`, `[FILE] GROUP USER ...`.
import { defaultFile, folderMessage, kindOfPath } from '../password-file.ts'
import { shellWord } from '../terminal/output.ts'
import { usageError } from './usage-error.ts'

/** How many names follow the file. */
interface Names {
  readonly min: number
  readonly max: number
  /** What to do if there are more, such as a password. */
  readonly hint?: string | undefined
}

/**
 * Splits positionals into the file, which may be omitted, and the names after it.
 *
 * If a fixed number of names is expected, the number of positionals tells whether the file is among them. Otherwise the
 * first one is the file if it exists, or if the default file does not.
 *
 * @param form what is expected, for the message: `[FILE] USER`.
 * @param fallback the default file: that of the users, if nothing else is given.
 * @throws HtpasswdError `ERR_USAGE` for too few or too many positionals, and for a file that follows the name.
 */
export function splitFile(
  positionals: readonly string[],
  env: NodeJS.ProcessEnv,
  { min, max, hint }: Names,
  form: string,
  fallback = defaultFile(env),
): { readonly file: string; readonly names: readonly string[] } {
  const number = positionals.length
  if (number < min) throw usageError(`expected ${form}, got ${positionals.join(' ') || 'nothing'}`)
  // without the arguments themselves: one of them may be a password
  if (number > max + 1)
    throw usageError(`expected ${form}, got ${number} arguments${hint === undefined ? '' : `; ${hint}`}`)
  const [first = fallback, ...others] = positionals
  const isFirst = min === max ? number > max : number > min && isFileWord(first, fallback)
  const [file, names] = isFirst ? [first, others] : [fallback, positionals]
  if (kindOfPath(file) === 'folder') throw usageError(folderMessage(file))
  rejectSwapped(file, names, form, !isFirst)
  return { file, names }
}

/** The form that `splitUser` expects. */
export const USER_FORM = '[FILE] USER'

/** As `splitFile`, for a command on one user of a password file. @param hint what to do if there are more names. */
export function splitUser(
  positionals: readonly string[],
  env: NodeJS.ProcessEnv,
  hint?: string,
): { readonly file: string; readonly user: string } {
  const { file, names } = splitFile(positionals, env, { min: 1, max: 1, hint }, USER_FORM)
  return { file, user: names[0] as string }
}

const isFileWord = (word: string, fallback: string): boolean =>
  kindOfPath(word) !== undefined || kindOfPath(fallback) === undefined

/** `bob mlflow-authfile`: the file is not there, and the name is one. @param isOmitted whether no file was given. */
function rejectSwapped(file: string, names: readonly string[], form: string, isOmitted: boolean): void {
  const other = names.find(name => kindOfPath(name) === 'file')
  if (other === undefined || kindOfPath(file) !== undefined) return
  if (isOmitted && names.length === 1) throw usageError(`expected ${form}, got only the file ${other}`)
  throw usageError(
    `expected ${form}, but ${other} is a file and ${file} is not; write ${shellWord(other)} first`,
  )
}
