// What the middlewares share: their options, and who they let through.
import { rejectUnknownKeys } from '../../errors.ts'
import { createRefusalResponses, type RefusalResponder } from '../pages/error-responses.ts'

/** How the middlewares ask for a login. */
export interface BasicAuthOptions {
  /** What the login prompt may show. Default: `Restricted`. */
  readonly realm?: string | undefined
  /** Appended to the plain text of a 401, which programs get: such as how they send credentials. Default: none. */
  readonly hint?: string | undefined
}

/** The user whose password was right. */
export interface AuthenticatedUser {
  /** The user name, as text. */
  readonly user: string
}

/** Checks the options once. @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid realm. */
export function resolveBasicAuth(options: BasicAuthOptions): RefusalResponder {
  rejectUnknownKeys('BasicAuthOptions', options, ['realm', 'hint'])
  return createRefusalResponses({ realm: options.realm ?? 'Restricted', hint: options.hint })
}
