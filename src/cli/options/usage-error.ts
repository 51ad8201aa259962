// The error for every mistake in the arguments of our own commands.
import { HtpasswdError } from '../../errors.ts'

/** @param message what was expected, what was given, and what to do. */
export const usageError = (message: string, cause?: unknown): HtpasswdError =>
  new HtpasswdError('ERR_USAGE', message, { cause })
