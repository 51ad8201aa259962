// The password file among the arguments of a command that takes exactly one.
import { usageError } from './options/parse.ts'

/** @throws HtpasswdError `ERR_USAGE` for none or several. */
export function onlyFile(words: readonly string[]): string {
  const [file, ...more] = words
  if (file !== undefined && more.length === 0) return file
  throw usageError(`expected one password file, got ${words.join(' ') || 'none'}`)
}
