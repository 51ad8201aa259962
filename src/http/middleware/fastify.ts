// Basic authentication as a hook of Fastify.
import type { Authenticator } from '../../auth/authenticator.ts'
import { parseCredentials } from '../basic/credentials.ts'
import { type AuthenticatedUser, type BasicAuthOptions, resolveBasicAuth } from './options.ts'

// the parts of Fastify's types that are used, so that its package is not needed
interface FastifyRequestLike {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly ip: string
  auth?: AuthenticatedUser
}

interface FastifyReplyLike {
  code(status: number): FastifyReplyLike
  headers(values: Record<string, string>): FastifyReplyLike
  send(body: string): FastifyReplyLike
}

/** An `onRequest` hook: it sets `request.auth` for a user whose password was right, and replies to everybody else. */
export type FastifyAuthHook = (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>

const single = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

/**
 * A hook for `fastify.addHook('onRequest', …)` that asks for a user name and password. After it, `request.auth.user` is
 * the user's name. Its replies are those of `basicAuth`.
 *
 * Failures are counted by `request.ip`, which follows Fastify's own `trustProxy`, and by name.
 *
 * @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid realm.
 *
 * @example
 * ```js
 * import Fastify from 'fastify'
 * import { Authenticator, fastifyBasicAuth, hashPassword } from 'htpasswd-kit'
 *
 * const hash = await hashPassword('wonderland', { cost: 10 })
 * const authenticator = new Authenticator(name => (name === 'alice' ? hash : undefined))
 * const app = Fastify()
 * app.addHook('onRequest', fastifyBasicAuth(authenticator))
 * app.get('/', async request => `hello ${request.auth.user}`)
 * console.log((await app.inject('/')).statusCode)
 * await app.close()
 * await authenticator[Symbol.asyncDispose]()
 * ```
 *
 * ```text
 * 401
 * ```
 */
export function fastifyBasicAuth(
  authenticator: Authenticator,
  options: BasicAuthOptions = {},
): FastifyAuthHook {
  const refusalResponse = resolveBasicAuth(options)
  return async (request, reply) => {
    const credentials = parseCredentials(single(request.headers.authorization))
    const result = await authenticator.authenticate(credentials, { address: request.ip })
    if (result.ok) {
      request.auth = { user: result.user }
      return undefined
    }
    const { status, headers, body } = refusalResponse(result, single(request.headers.accept))
    // returning the reply ends the chain of hooks
    return reply
      .code(status)
      .headers({ ...headers })
      .send(body)
  }
}
