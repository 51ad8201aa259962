// The sub-path htpasswd-kit/hono: Basic authentication as a middleware of Hono 4, with the type of c.get('auth').
import type { Context, Next } from 'hono'
import type { Authenticator } from '../../auth/authenticator.ts'
import { factsOf, serveRequest, toResponse } from './fetch-request.ts'
import { closable, createLogin } from './login.ts'
import type { AuthenticatedUser, BasicAuthOptions, BasicAuthSetup, Closable } from './options.ts'
import { createSessionAuth, type SessionAuthOptions, userOf } from './session-auth.ts'

export type { SessionAuthOptions } from './session-auth.ts'
export type * from './types.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The user; undefined where the middleware did not run, and on an open path. */
    auth: AuthenticatedUser
  }
}

/** Calls the next handler for a user whose password was right, and responds itself to everybody else. */
export interface HonoMiddleware extends Closable {
  (c: Context, next: Next): Promise<Response | undefined>
}

/**
 * A middleware for Hono that asks for a user name and password. After it, `c.get('auth').user` is the user's name. Its
 * responses are those of `basicAuth`.
 *
 * The address by which failures are counted is that of the socket on Node (`@hono/node-server`). Elsewhere, and behind a
 * proxy, the option `address` finds it: `c => getConnInfo(c).remote.address`. Without an address, failures are counted by
 * user name only.
 *
 * @param users as for `basicAuth`.
 * @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid value; for a file as `Authenticator.fromFile`.
 *
 * @example
 * ```js
 * import { Hono } from 'hono'
 * import { hashPassword } from 'htpasswd-kit'
 * import { basicAuth } from 'htpasswd-kit/hono'
 *
 * const login = basicAuth({ users: { alice: await hashPassword('wonderland', { cost: 10 }) } })
 * const app = new Hono().use(login).get('/', c => c.text(`hello ${c.get('auth').user}`))
 * const headers = { authorization: `Basic ${btoa('alice:wonderland')}` }
 * console.log((await app.request('/')).status, await (await app.request('/', { headers })).text())
 * await login.close()
 * ```
 *
 * ```text
 * 401 hello alice
 * ```
 */
export function basicAuth(users: BasicAuthSetup<Context>): HonoMiddleware
export function basicAuth(users: Authenticator, options?: BasicAuthOptions<Context>): HonoMiddleware
export function basicAuth(
  users: Authenticator | BasicAuthSetup<Context>,
  options?: BasicAuthOptions<Context>,
): HonoMiddleware {
  const login = createLogin(users, options)
  const middleware = async (c: Context, next: Next): Promise<Response | undefined> => {
    const outcome = await login.decide(factsOf(c.req.raw, socketAddress(c)), c)
    if (outcome.response !== undefined) return toResponse(c.req.raw, outcome.response)
    if (outcome.auth !== undefined) c.set('auth', outcome.auth)
    await next()
    return undefined
  }
  return closable(middleware, login)
}

/**
 * A middleware with a sign-in page, sign-out and an account page below `/.htpasswd/`; after it, `c.get('auth').user` is the
 * user's name. Its options and responses are those of `sessionAuth` of `htpasswd-kit/node`.
 *
 * @example
 * ```js
 * import { Hono } from 'hono'
 * import { hashPassword } from 'htpasswd-kit'
 * import { sessionAuth } from 'htpasswd-kit/hono'
 *
 * const users = { alice: await hashPassword('wonderland', { cost: 10 }) }
 * const login = sessionAuth({ users })
 * const app = new Hono().use(login).get('/', c => c.text(`hello ${c.get('auth').user}`))
 * const headers = { authorization: `Basic ${btoa('alice:wonderland')}` }
 * const page = await app.request('/.htpasswd/login')
 * console.log(page.status, await (await app.request('/', { headers })).text())
 * await login.close()
 * ```
 *
 * ```text
 * 200 hello alice
 * ```
 */
export function sessionAuth(options: SessionAuthOptions<Context>): HonoMiddleware {
  const login = createSessionAuth(options)
  const middleware = async (c: Context, next: Next): Promise<Response | undefined> => {
    const { raw } = c.req
    const { protocol, host } = new URL(raw.url)
    const { method, target, headers: sent } = factsOf(raw, undefined)
    const head = { method, url: target, httpVersion: '1.1', headers: sent }
    const client = { scheme: protocol.slice(0, -1), host: sent.host ?? host }
    const decision = await login.decide(head, client, socketAddress(c), c)
    if (!('forward' in decision)) {
      const response = 'serve' in decision ? await serveRequest(decision, raw) : decision.respond
      return toResponse(raw, response)
    }
    const auth = userOf(decision)
    if (auth !== undefined) c.set('auth', auth)
    await next()
    const { status, headers } = c.res
    const fields = decision.responseHeaders?.(status, headers.get('cache-control') ?? undefined) ?? []
    for (let i = 0; i < fields.length; i += 2) headers.append(fields[i] as string, fields[i + 1] as string)
    return undefined
  }
  return closable(middleware, login)
}

/** `@hono/node-server` passes Node's request in the environment. */
const socketAddress = ({ env }: Context): string | undefined =>
  (env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming?.socket?.remoteAddress
