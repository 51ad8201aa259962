// Checked before a password is asked for: does the file exist, and may it be read, changed or created?
import { accessSync, constants, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { HtpasswdError } from '../errors.ts'
import { isMissing } from './file-error.ts'

/** What a command is going to do with a password file. */
export type Purpose = 'read' | 'update' | 'create'

function permits(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}

const isWritableFolder = (path: string): boolean =>
  statIfThere(path)?.isDirectory() === true && permits(path, constants.W_OK)

function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw new HtpasswdError('ERR_FILE_ACCESS', `cannot open file ${path}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/**
 * Reports what would fail later, in Apache's words (support/htpasswd.c, main).
 *
 * @throws HtpasswdError `ERR_FILE_ACCESS`.
 */
export function checkAccess(path: string, purpose: Purpose): void {
  const refuse = (message: string): never => {
    throw new HtpasswdError('ERR_FILE_ACCESS', message)
  }
  const stats = statIfThere(path)
  if (stats?.isFile()) {
    if (purpose === 'read' && !permits(path, constants.R_OK))
      refuse(`cannot open file ${path} for read access`)
    if (purpose !== 'read' && !permits(path, constants.R_OK | constants.W_OK)) {
      refuse(`cannot open file ${path} for read/write access`)
    }
  } else if (purpose !== 'create') refuse(`cannot modify file ${path}; use '-c' to create it`)
  // a device or a pipe must never be replaced by a file
  else if (stats !== undefined || !isWritableFolder(dirname(path))) refuse(`cannot create file ${path}`)
}
