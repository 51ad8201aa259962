// "Read this file, or explain why not", for whatever file a person named.
import { readFileSync } from 'node:fs'
import type { HtpasswdError } from '../errors.ts'
import { readError } from './file-error.ts'
import { readSnapshot, type Snapshot } from './snapshot.ts'

/**
 * Reads any readable file; also a pipe, as in `htpasswd import users <(…)`.
 *
 * @param name how messages name the file.
 * @throws HtpasswdError `ERR_FILE_ACCESS`, with the path and the reason.
 */
export function readAnyFile(path: string, name = path): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw readError(error, name)
  }
}

/**
 * Reads a password file as it was at one moment; only a regular file, since anything else cannot be one.
 *
 * @param name how messages name the file.
 * @throws HtpasswdError `ERR_FILE_ACCESS`, with the name and the reason; `ERR_FILE_BUSY` if others kept writing it.
 */
export async function readPasswordFile(path: string, name = path): Promise<Snapshot> {
  const snapshot = await readSnapshot(path, name)
  if (snapshot === undefined) throw missingError(name)
  return snapshot
}

export const missingError = (path: string): HtpasswdError =>
  readError(Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' }), path)
