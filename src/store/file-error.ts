// File system errors as HtpasswdError, in Apache's words where its command has some.
import { HtpasswdError } from '../errors.ts'

/** Codes of a write that failed for lack of space or by a fault of the device, as opposed to a lack of permission. */
const WRITE_CODES = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'])

const writeReasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EROFS:
    'it is mounted read-only here; change it where it comes from, such as the Secret or the folder of the host',
}

const errnoOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? ''

export const isMissing = (error: unknown): boolean => errnoOf(error) === 'ENOENT'

/** Whether a call may succeed a moment later: on Windows, other programs hold files open for a moment. */
export const isHeldOpen = (error: unknown): boolean => ['EPERM', 'EACCES', 'EBUSY'].includes(errnoOf(error))

/** A failed write of `path` as HtpasswdError; an HtpasswdError stays as it is. */
export function fileError(error: unknown, doing: string, path: string): HtpasswdError {
  if (error instanceof HtpasswdError) return error
  const errno = errnoOf(error)
  const code = WRITE_CODES.has(errno) ? 'ERR_FILE_WRITE' : 'ERR_FILE_ACCESS'
  const reason = writeReasons[errno] ?? (error as Error).message
  return new HtpasswdError(code, `${doing} ${path}: ${reason}; the file is as it was`, { cause: error })
}

const readReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder, not a regular file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EBUSY: 'another program has it open for itself',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'this process has too many files open',
  ENFILE: 'this machine has too many files open',
}

/** A failed read of `path`, or of what messages call so, as HtpasswdError; an HtpasswdError stays as it is. */
export function readError(error: unknown, path: string): HtpasswdError {
  if (error instanceof HtpasswdError) return error
  const reason = readReasons[errnoOf(error)] ?? (error as Error).message
  return new HtpasswdError('ERR_FILE_ACCESS', `cannot read ${path}: ${reason}`, { cause: error })
}
