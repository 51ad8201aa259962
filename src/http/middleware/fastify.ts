// Basic authentication as a hook of Fastify.
import type { Authenticator } from '../../auth/authenticator.ts'
import { parseCredentials } from '../basic/credentials.ts'
import { type AuthenticatedUser, type BasicAuthOptions, resolveBasicAuth } from './node.ts'

// the parts of Fastify that are needed, so that its package is not
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

const single = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

/**
 * A hook for `fastify.addHook('onRequest', …)`; behind it `request.auth.user` is the name.
 *
 * Failures are throttled by `request.ip`, which follows Fastify's own `trustProxy`.
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
export function fastifyBasicAuth(authenticator: Authenticator, options: BasicAuthOptions = {}) {
  const refusalResponse = resolveBasicAuth(options)
  return async (request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown> => {
    const credentials = parseCredentials(single(request.headers.authorization))
    const result = await authenticator.authenticate(credentials, { address: request.ip })
    if (result.ok) {
      request.auth = { user: result.user }
      return undefined
    }
    const { status, headers, body } = refusalResponse(result, single(request.headers.accept))
    // a reply that is returned ends the chain of hooks
    return reply
      .code(status)
      .headers({ ...headers })
      .send(body)
  }
}
