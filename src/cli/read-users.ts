// Reads the password file of a command that needs one; if it is missing, the message says how to create it.
import { HtpasswdError } from '../errors.ts'
import { isMissing } from '../store/file-error.ts'
import { readPasswordFile } from '../store/read-file.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { shellWord } from './terminal/output.ts'

/** How to create a password file that is missing, for the end of a message. */
const creationAdvice = (path: string): string =>
  `create it with: htpasswd add ${shellWord(path, 'FILE')} NAME`

/** The error of a password file that is missing, with the advice; any other error as it is. */
export function withCreationAdvice(error: unknown, path: string, more = ''): unknown {
  if (!(error instanceof HtpasswdError && isMissing(error.cause))) return error
  const message = `${error.message}; ${creationAdvice(path)}${more}`
  return new HtpasswdError(error.code, message, { cause: error.cause })
}

/**
 * As `readPasswordFile`.
 *
 * @throws HtpasswdError `ERR_FILE_ACCESS`; for a missing file with the command that creates it.
 */
export const readUsers = (path: string): Promise<Snapshot> =>
  readPasswordFile(path).catch(error => {
    throw withCreationAdvice(error, path)
  })
