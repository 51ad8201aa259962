// The bytes of the password file that a command was given.
import { HtpasswdError } from '../errors.ts'
import { readSnapshot } from '../store/snapshot.ts'

/** @throws HtpasswdError `ERR_FILE_ACCESS` where there is none or it cannot be read. */
export async function readPasswordFile(path: string): Promise<Buffer> {
  const snapshot = await readSnapshot(path)
  if (snapshot !== undefined) return snapshot.bytes
  throw new HtpasswdError('ERR_FILE_ACCESS', `cannot read ${path}: expected a password file, got none`)
}
