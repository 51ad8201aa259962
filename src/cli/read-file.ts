// The password file that a command was given: its name among the words, and its bytes.
import { HtpasswdError } from '../errors.ts'
import { readSnapshot } from '../store/snapshot.ts'
import { usageError } from './options/parse.ts'

/** @throws HtpasswdError `ERR_USAGE` for none or several. */
export function onlyFile(words: readonly string[]): string {
  const [file, ...more] = words
  if (file !== undefined && more.length === 0) return file
  throw usageError(`expected one password file, got ${words.join(' ') || 'none'}`)
}

/** @throws HtpasswdError `ERR_FILE_ACCESS` where there is none or it cannot be read. */
export async function readPasswordFile(path: string): Promise<Buffer> {
  const snapshot = await readSnapshot(path)
  if (snapshot !== undefined) return snapshot.bytes
  throw new HtpasswdError('ERR_FILE_ACCESS', `cannot read ${path}: expected a password file, got none`)
}
