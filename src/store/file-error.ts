// Errors of the file system under the package's names, said as Apache's command says them where it has words for it.
import { HtpasswdError } from '../errors.ts'

/** Codes that mean "this write did not fit or did not get through", as opposed to "you may not". */
const WRITE_CODES = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'])

const errnoOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? ''

export const isMissing = (error: unknown): boolean => errnoOf(error) === 'ENOENT'

/** Whether a rename or a delete may go through a moment later: on Windows others hold files open for a moment. */
export const isHeldOpen = (error: unknown): boolean => ['EPERM', 'EACCES', 'EBUSY'].includes(errnoOf(error))

/** The named error for a failed call on `path`; one that has its name already stays. */
export function fileError(error: unknown, doing: string, path: string): HtpasswdError {
  if (error instanceof HtpasswdError) return error
  const errno = errnoOf(error)
  const code = WRITE_CODES.has(errno) ? 'ERR_FILE_WRITE' : 'ERR_FILE_ACCESS'
  const reason = errno === 'ENOSPC' || errno === 'EDQUOT' ? 'the disk is full' : (error as Error).message
  return new HtpasswdError(code, `${doing} ${path}: ${reason}; the file is as it was`, { cause: error })
}
