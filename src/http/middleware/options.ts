// What the middlewares share: their options, and who they let through.
import { rejectUnknownKeys } from '../../errors.ts'
import { createRefusalResponses, type RefusalResponder } from '../basic/responses.ts'

/** How the middlewares ask for a login. */
export interface BasicAuthOptions {
  /** What the login prompt may show. Default: `Restricted`. */
  readonly realm?: string | undefined
  /** Text appended to the body of a 401 response, such as how a client program sends credentials. Default: none. */
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
