// What every mistake in the arguments of our own commands is reported with.
import { HtpasswdError } from '../../errors.ts'

/** @param message what was expected, what came, and what to do. */
export const usageError = (message: string, cause?: unknown): HtpasswdError =>
  new HtpasswdError('ERR_USAGE', message, { cause })
