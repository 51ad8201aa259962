// The sub-path htpasswd-kit/node: the middleware for node:http and Connect, with the type of req.auth.
import type { AuthenticatedUser } from './options.ts'

export {
  type AuthenticatedRequest,
  type BasicAuthMiddleware,
  basicAuth,
  type NodeRequest,
} from './basic-auth.ts'
export {
  type SessionAuthMiddleware,
  type SessionAuthOptions,
  type SessionRequest,
  sessionAuth,
} from './session-auth.ts'
export type * from './types.ts'

declare module 'node:http' {
  interface IncomingMessage {
    /** The user; absent where the middleware did not run, and on an open path. */
    auth?: AuthenticatedUser
  }
}
