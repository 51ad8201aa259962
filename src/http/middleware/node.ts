// Basic authentication as a middleware of node:http, Connect and Express.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authenticator } from '../../auth/authenticator.ts'
import { rejectUnknownKeys } from '../../errors.ts'
import { parseCredentials } from '../basic/credentials.ts'
import { createRefusalResponses } from '../basic/responses.ts'

/** How the middlewares ask for a login. */
export interface BasicAuthOptions {
  /** What the login prompt may show. Default: `Restricted`. */
  readonly realm?: string | undefined
  /** Added to the text of a 401, for the users of programs. */
  readonly hint?: string | undefined
}

/** Who was let in. */
export interface AuthenticatedUser {
  /** The name, as text. */
  readonly user: string
}

/** A request on its way behind the middleware. */
export type AuthenticatedRequest<T extends IncomingMessage = IncomingMessage> = T & {
  /** Set before `next` is called; absent where the middleware did not run. */
  auth?: AuthenticatedUser
}

/** What the three middlewares share: the options checked once, the answers made once. */
export function resolveBasicAuth(options: BasicAuthOptions) {
  rejectUnknownKeys('BasicAuthOptions', options, ['realm', 'hint'])
  return createRefusalResponses({ realm: options.realm ?? 'Restricted', hint: options.hint })
}

/**
 * A middleware that lets only known users through; `req.auth.user` is then the name.
 *
 * Without a login it answers 401 itself, 429 after too many failures (by the socket's address), 503 while too many
 * passwords are being checked. `next` is called only for a user, never with an error.
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
export function basicAuth(authenticator: Authenticator, options: BasicAuthOptions = {}) {
  const refusalResponse = resolveBasicAuth(options)
  return (req: AuthenticatedRequest, res: ServerResponse, next: () => void): void => {
    const context = { address: req.socket.remoteAddress }
    // authenticate() never rejects; what `next` throws is the program's own
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
