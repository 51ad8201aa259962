// The sub-path htpasswd-kit/fastify: Basic authentication as a plugin of Fastify 5, with the type of request.auth.
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { fastifyLoginHook } from './fastify-hook.ts'
import { createLogin } from './login.ts'
import type { AuthenticatedUser, BasicAuthSetup } from './options.ts'
import {
  createSessionAuth,
  respondOrPass,
  type SessionAuthOptions,
  type SessionRequest,
} from './session-auth.ts'

export type { SessionAuthOptions } from './session-auth.ts'
export type * from './types.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The user; null where the plugin does not run, and on an open path. */
    auth: AuthenticatedUser | null
  }
}

/**
 * A plugin for Fastify that asks for a user name and password on every route of the scope in which it is registered, and
 * of the scopes below: registered on the root instance it protects all routes, registered within another plugin only those of that
 * plugin. After it, `request.auth.user` is the user's name. Its replies are those of `basicAuth`.
 *
 * Failures are counted by `request.ip`, which follows Fastify's own `trustProxy`, and by name. Closing the Fastify instance
 * ends the worker threads.
 *
 * Registration fails with an HtpasswdError: `ERR_OPTION` for an unknown option or an invalid value; for a file as
 * `Authenticator.fromFile`.
 *
 * @example
 * ```js
 * import Fastify from 'fastify'
 * import { hashPassword } from 'htpasswd-kit'
 * import { basicAuth } from 'htpasswd-kit/fastify'
 *
 * const app = Fastify()
 * await app.register(basicAuth, { users: { alice: await hashPassword('wonderland', { cost: 10 }) } })
 * app.get('/', async request => `hello ${request.auth?.user}`)
 * const headers = { authorization: `Basic ${btoa('alice:wonderland')}` }
 * console.log((await app.inject('/')).statusCode, (await app.inject({ url: '/', headers })).body)
 * await app.close()
 * ```
 *
 * ```text
 * 401 hello alice
 * ```
 */
export const basicAuth: FastifyPluginAsync<BasicAuthSetup<FastifyRequest>> = Object.assign(
  async (app: FastifyInstance, setup: BasicAuthSetup<FastifyRequest>): Promise<void> => {
    const login = createLogin(withoutFastifyOptions(setup))
    // a scope within a protected one may have users of its own
    if (!app.hasRequestDecorator('auth')) app.decorateRequest('auth', null)
    app.addHook('onRequest', fastifyLoginHook(login))
    app.addHook('onClose', () => login.close())
  },
  // as fastify-plugin does: without it Fastify would give the plugin a scope of its own, in which there is no route
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'htpasswd-kit' },
)

/**
 * A plugin with a sign-in page, sign-out and an account page below `/.htpasswd/`; after it, `request.auth.user` is the user's
 * name. Its options and responses are those of `sessionAuth` of `htpasswd-kit/node`.
 *
 * @example
 * ```js
 * import Fastify from 'fastify'
 * import { hashPassword } from 'htpasswd-kit'
 * import { sessionAuth } from 'htpasswd-kit/fastify'
 *
 * const users = { alice: await hashPassword('wonderland', { cost: 10 }) }
 * const app = Fastify()
 * await app.register(sessionAuth, { users })
 * app.get('/', request => `hello ${request.auth?.user}`)
 * const headers = { authorization: `Basic ${btoa('alice:wonderland')}` }
 * const page = await app.inject('/.htpasswd/login')
 * console.log(page.statusCode, (await app.inject({ url: '/', headers })).body)
 * await app.close()
 * ```
 *
 * ```text
 * 200 hello alice
 * ```
 */
export const sessionAuth: FastifyPluginAsync<SessionAuthOptions<FastifyRequest>> = Object.assign(
  async (app: FastifyInstance, options: SessionAuthOptions<FastifyRequest>): Promise<void> => {
    const login = createSessionAuth(withoutFastifyOptions(options))
    if (!app.hasRequestDecorator('auth')) app.decorateRequest('auth', null)
    app.addHook('onRequest', async (request, reply) => {
      const { protocol, ip } = request
      const raw: SessionRequest = Object.assign(request.raw, { protocol, ip })
      const passes = await respondOrPass(login, raw, reply.raw, request)
      if (passes) request.auth = raw.auth ?? null
      else reply.hijack()
    })
    app.addHook('onClose', () => login.close())
  },
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'htpasswd-kit-sessions' },
)

/** Fastify passes its own options of `register` along. */
function withoutFastifyOptions<Options extends object>(given: Options): Options {
  const { prefix, logLevel, logSerializers, ...own } = given as Options & Record<string, unknown>
  return own as Options
}
