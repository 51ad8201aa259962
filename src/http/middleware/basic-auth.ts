// Basic authentication as a middleware of node:http, Connect and Express.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authenticator } from '../../auth/authenticator.ts'
import { closable, createLogin } from './login.ts'
import type { AuthenticatedUser, BasicAuthOptions, BasicAuthSetup, Closable } from './options.ts'

/** A request after the middleware. */
export type AuthenticatedRequest<T extends IncomingMessage = IncomingMessage> = T & {
  /** The user; absent if the middleware did not run, and on an open path. */
  auth?: AuthenticatedUser
}

/** A request as `address` and `respond` get it; the optional properties are set by Express. */
export interface NodeRequest extends IncomingMessage {
  /** The client's address according to Express's setting `trust proxy`. */
  readonly ip?: string | undefined
  /** The request target before Express or Connect cut off the mount point of a router. */
  readonly originalUrl?: string | undefined
}

/** Calls `next` for an authenticated user, and sends a response to everyone else. */
export interface BasicAuthMiddleware extends Closable {
  (req: AuthenticatedRequest, res: ServerResponse, next: () => void): void
}

/**
 * A middleware for `node:http`, Connect and Express that asks for a user name and password. After it, `req.auth.user` is
 * the user's name. The sub-paths `htpasswd-kit/node` and `htpasswd-kit/express` export it together with the type of
 * `req.auth`.
 *
 * It responds with 401 where they are missing or wrong, 429 after too many failures (counted by address and by name), 503
 * while too many passwords are being checked, and 500 where the check itself failed. `next` is never called with an error.
 * The address is that of the socket; in Express it is `req.ip`, which follows the setting `trust proxy`.
 *
 * @param users `{ file: 'users' }` for a password file, `{ users: { ann: '$2y$…' } }` for an object, a Map or a function, or
 *   an `Authenticator`; with the options in the same object.
 * @param options beside an `Authenticator`.
 * @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid value; for a file as `Authenticator.fromFile`.
 *
 * @example
 * ```js
 * import { once } from 'node:events'
 * import { createServer } from 'node:http'
 * import { hashPassword } from 'htpasswd-kit'
 * import { basicAuth } from 'htpasswd-kit/node'
 *
 * const login = basicAuth({ users: { alice: await hashPassword('wonderland', { cost: 10 }) }, realm: 'Lab' })
 * const server = createServer((req, res) => login(req, res, () => res.end(`hello ${req.auth?.user}`)))
 * await once(server.listen(0), 'listening')
 * const response = await fetch(`http://127.0.0.1:${server.address().port}/`)
 * console.log(response.status, response.headers.get('www-authenticate'))
 * server.close()
 * await login.close()
 * ```
 *
 * ```text
 * 401 Basic realm="Lab", charset="UTF-8"
 * ```
 */
export function basicAuth(users: BasicAuthSetup<NodeRequest>): BasicAuthMiddleware
export function basicAuth(users: Authenticator, options?: BasicAuthOptions<NodeRequest>): BasicAuthMiddleware
export function basicAuth(
  users: Authenticator | BasicAuthSetup<NodeRequest>,
  options?: BasicAuthOptions<NodeRequest>,
): BasicAuthMiddleware {
  const login = createLogin(users, options)
  const middleware = (
    req: AuthenticatedRequest<NodeRequest>,
    res: ServerResponse,
    next: () => void,
  ): void => {
    const facts = {
      method: req.method ?? '',
      target: req.originalUrl ?? req.url ?? '',
      headers: req.headers,
      address: addressOf(req),
    }
    // decide() rejects only if `address` throws; an error thrown by `next` belongs to the program
    void login.decide(facts, req).then(outcome => {
      if (outcome.response === undefined) {
        if (outcome.auth !== undefined) req.auth = outcome.auth
        next()
        return
      }
      const { status, headers, body } = outcome.response
      res.writeHead(status, headers)
      res.end(req.method === 'HEAD' ? undefined : body)
    })
  }
  return closable(middleware, login)
}

/** Express's `req.ip` follows `trust proxy`; only Express sets `req.app`. */
const addressOf = (req: NodeRequest): string | undefined =>
  'app' in req && typeof req.ip === 'string' ? req.ip : req.socket.remoteAddress
