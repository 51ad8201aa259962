// Basic authentication as a middleware of node:http, Connect and Express.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authenticator } from '../../auth/authenticator.ts'
import { parseCredentials } from '../basic/credentials.ts'
import { type AuthenticatedUser, type BasicAuthOptions, resolveBasicAuth } from './options.ts'

/** A request after the middleware. */
export type AuthenticatedRequest<T extends IncomingMessage = IncomingMessage> = T & {
  /** The user; absent where the middleware did not run. */
  auth?: AuthenticatedUser
}

/** Calls `next` for a user whose password was right, and responds itself to everybody else. */
export type BasicAuthMiddleware = (req: AuthenticatedRequest, res: ServerResponse, next: () => void) => void

/**
 * A middleware for `node:http`, Connect and Express that asks for a user name and password. After it, `req.auth.user` is
 * the user's name.
 *
 * It responds with 401 where they are missing or wrong, 429 after too many failures (counted by the address of the
 * socket and by name), 503 while too many passwords are being checked, and 500 where the check itself failed. `next` is
 * never called with an error.
 *
 * @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid realm.
 *
 * @example
 * ```js
 * import { createServer } from 'node:http'
 * import { Authenticator, basicAuth, hashPassword } from 'htpasswd-kit'
 *
 * const hash = await hashPassword('wonderland', { cost: 10 })
 * const authenticator = new Authenticator(name => (name === 'alice' ? hash : undefined))
 * const login = basicAuth(authenticator, { realm: 'Lab' })
 * const server = createServer((req, res) => login(req, res, () => res.end(`hello ${req.auth.user}`)))
 * await new Promise(resolve => server.listen(0, resolve))
 * const response = await fetch(`http://127.0.0.1:${server.address().port}/`)
 * console.log(response.status, response.headers.get('www-authenticate'))
 * server.close()
 * await authenticator[Symbol.asyncDispose]()
 * ```
 *
 * ```text
 * 401 Basic realm="Lab", charset="UTF-8"
 * ```
 */
export function basicAuth(authenticator: Authenticator, options: BasicAuthOptions = {}): BasicAuthMiddleware {
  const refusalResponse = resolveBasicAuth(options)
  return (req, res, next) => {
    const context = { address: req.socket.remoteAddress }
    // authenticate() never rejects; an error that `next` throws is the program's own
    void authenticator.authenticate(parseCredentials(req.headers.authorization), context).then(result => {
      if (result.ok) {
        req.auth = { user: result.user }
        next()
        return
      }
      const { status, headers, body } = refusalResponse(result, req.headers.accept)
      res.writeHead(status, headers)
      res.end(req.method === 'HEAD' ? undefined : body)
    })
  }
}
