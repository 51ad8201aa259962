// The sub-path htpasswd-kit/express: the middleware for Express 4 and 5, with the type of req.auth.
import type { AuthenticatedUser } from './options.ts'

export { type BasicAuthMiddleware, basicAuth, type NodeRequest } from './basic-auth.ts'
export {
  type SessionAuthMiddleware,
  type SessionAuthOptions,
  type SessionRequest,
  sessionAuth,
} from './session-auth.ts'
export type * from './types.ts'

declare global {
  namespace Express {
    interface Request {
      /** The user; absent where the middleware did not run, and on an open path. */
      auth?: AuthenticatedUser
    }
  }
}
