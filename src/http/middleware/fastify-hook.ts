// Basic authentication as a hook of Fastify.
import type { Authenticator } from '../../auth/authenticator.ts'
import { closable, createLogin, type Login } from './login.ts'
import type { AuthenticatedUser, BasicAuthOptions, BasicAuthSetup, Closable } from './options.ts'

// the parts of Fastify's types that are used, so that the package is not needed
interface FastifyRequestLike {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly ip: string
  readonly method: string
  readonly url: string
  auth?: AuthenticatedUser | null
}

interface FastifyReplyLike {
  code(status: number): FastifyReplyLike
  headers(values: Record<string, string>): FastifyReplyLike
  send(body: string): FastifyReplyLike
}

/** An `onRequest` hook: it sets `request.auth` for an authenticated user, and replies to everyone else. */
export interface FastifyAuthHook extends Closable {
  (request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown>
}

/**
 * A hook for `fastify.addHook('onRequest', …)` that asks for a user name and password. After it, `request.auth.user` is
 * the user's name. Its replies are those of `basicAuth`. The plugin of `htpasswd-kit/fastify` does the same with the types of
 * Fastify.
 *
 * Failures are counted by `request.ip`, which follows Fastify's own `trustProxy`, and by name.
 *
 * @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid realm.
 *
 * @example
 * ```js
 * import Fastify from 'fastify'
 * import { fastifyBasicAuth, hashPassword } from 'htpasswd-kit'
 *
 * const login = fastifyBasicAuth({ users: { alice: await hashPassword('wonderland', { cost: 10 }) } })
 * const app = Fastify()
 * app.addHook('onRequest', login)
 * app.get('/', async request => `hello ${request.auth?.user}`)
 * console.log((await app.inject('/')).statusCode)
 * await app.close()
 * await login.close()
 * ```
 *
 * ```text
 * 401
 * ```
 */
export function fastifyBasicAuth(users: BasicAuthSetup<FastifyRequestLike>): FastifyAuthHook
export function fastifyBasicAuth(
  users: Authenticator,
  options?: BasicAuthOptions<FastifyRequestLike>,
): FastifyAuthHook
export function fastifyBasicAuth(
  users: Authenticator | BasicAuthSetup<FastifyRequestLike>,
  options?: BasicAuthOptions<FastifyRequestLike>,
): FastifyAuthHook {
  const login = createLogin(users, options)
  return closable(fastifyLoginHook(login), login)
}

/** The hook of a login; `Request` is what its options expect of Fastify's request. @internal */
export function fastifyLoginHook<Request extends FastifyRequestLike>(login: Login<Request>) {
  return async (request: Request, reply: FastifyReplyLike): Promise<unknown> => {
    const facts = {
      method: request.method,
      target: request.url,
      headers: request.headers,
      address: request.ip,
    }
    const outcome = await login.decide(facts, request)
    if (outcome.response === undefined) {
      if (outcome.auth !== undefined) request.auth = outcome.auth
      return undefined
    }
    const { status, headers, body } = outcome.response
    // returning the reply ends the chain of hooks
    return reply
      .code(status)
      .headers({ ...headers })
      .send(body)
  }
}
