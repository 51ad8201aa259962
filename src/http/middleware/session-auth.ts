// A sign-in page as a middleware: the guard's own decision about a request, with the app of this process behind it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Authenticator } from '../../auth/authenticator.ts'
import { type AuthenticatorOptions, createWarning } from '../../auth/authenticator-options.ts'
import type { Users } from '../../auth/user-source.ts'
import { rejectUnknownKeys } from '../../errors.ts'
import type { CannedResponse } from '../basic/responses.ts'
import type { ClientFacts } from '../guard/client-address.ts'
import { createDecide } from '../guard/decide.ts'
import { type Admitted, type Decision, respond, type Served } from '../guard/decision.ts'
import { readFormOf } from '../guard/form.ts'
import type { RequestHead } from '../guard/request.ts'
import { type LoginOptions, loginOptionNames, resolveLogin } from '../login/options.ts'
import { createErrorResponses } from '../pages/error-responses.ts'
import { checkLanguage, type Language } from '../pages/texts.ts'
import { addHeaders } from '../proxy/embedded.ts'
import { closable } from './login.ts'
import type { AuthenticatedUser, Closable, MiddlewareOptions } from './options.ts'
import { checkUsers, openParts, pick, setupNames } from './resolve.ts'

/**
 * A sign-in page for an app of this process; with the options of `MiddlewareOptions`, `LoginOptions` and
 * `AuthenticatorOptions`. One of `file`, `users` and `authenticator` says who the users are; beside an `authenticator`,
 * `file` is where people change their password.
 */
export interface SessionAuthOptions<Request = unknown>
  extends MiddlewareOptions<Request>,
    LoginOptions,
    AuthenticatorOptions {
  /** Stored hashes in memory, or a function that returns them at once. */
  readonly users?: Users | undefined
  /** An authenticator that is used elsewhere as well. */
  readonly authenticator?: Authenticator | undefined
  /** The contact on the pages: a name, an e-mail address, a URL. */
  readonly contact?: string | undefined
  /** The language of the pages: `en`, `de` or `fr`. Default: `en`. */
  readonly lang?: Language | undefined
  /**
   * Called with technical faults, and with the reason when a password could not be saved. Default: a warning of the
   * process.
   */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** The common part of the middlewares of all frameworks. @internal */
export interface SessionAuth<Request> extends Closable {
  /** @param address what the framework says, where there is no option `address`. */
  decide(
    head: RequestHead,
    client: Omit<ClientFacts, 'address' | 'proxied'>,
    address: string | undefined,
    request: Request,
  ): Promise<Decision>
}

/** @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid value; for a file as `Authenticator.fromFile`. @internal */
export function createSessionAuth<Request>(options: SessionAuthOptions<Request>): SessionAuth<Request> {
  rejectUnknownKeys('sessionAuth', options, [...setupNames, ...loginOptionNames, 'contact', 'lang'])
  const { authenticator: given, file, realm = 'Restricted', contact, lang = 'en' } = options
  checkUsers('sessionAuth', { ...options, file: given === undefined ? file : undefined })
  const onError = options.onError ?? createWarning()
  const { authenticator, tokens, access, allowPaths, close } = openParts(
    given === undefined ? options : { ...options, onError: undefined },
    onError,
  )
  const look = { realm, contact, lang: checkLanguage(lang), prefix: '' }
  const { groupsOf } = access
  const errorResponse = createErrorResponses({ realm, contact, lang })
  const decide = createDecide({
    authenticator,
    tokens,
    access,
    groupsOf,
    errorResponse,
    allowOrigins: new Set<string>(),
    allowPaths,
    prefix: '',
    ...resolveLogin(
      { ...pick(options, loginOptionNames), onError },
      { authenticator, look, groupsOf, tokensPath: tokens?.path },
    ),
  })
  const find = options.address
  return {
    decide: async (head, client, address, request) => {
      const fault = (error: unknown): CannedResponse => {
        onError(error)
        return errorResponse('fault', head.headers.accept)
      }
      try {
        const found = find === undefined ? address : find(request)
        const facts = { ...client, address: found ?? UNKNOWN_ADDRESS, proxied: false }
        const decision = await decide(head, { client: facts, upgrade: false })
        if (!('serve' in decision)) return decision
        return { ...decision, serve: async form => Promise.resolve(decision.serve(form)).catch(fault) }
      } catch (error) {
        // the program's own function; without an address nobody would be slowed down
        return respond(fault(error), 'fault', { identity: undefined, allowedOrigin: undefined })
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Failures of clients without an address count together. */
const UNKNOWN_ADDRESS = '0.0.0.0'

/** The user of a request that the app gets; undefined on an open path. @internal */
export const userOf = ({ identity, groups }: Admitted): AuthenticatedUser | undefined =>
  identity && { user: identity.user, groups: groups ?? identity.groups }

/** A request of `node:http`, Connect or Express, after the middleware too. */
export type SessionRequest = IncomingMessage & {
  readonly ip?: string | undefined
  readonly protocol?: string
  readonly originalUrl?: string
  /** What a body parser that ran before has read. */
  readonly body?: unknown
  auth?: AuthenticatedUser
}

/** Calls `next` for a user who is signed in. Responds itself to everybody else, and at the addresses of its pages. */
export interface SessionAuthMiddleware extends Closable {
  (req: SessionRequest, res: ServerResponse, next: () => void): void
}

/**
 * A middleware for `node:http`, Connect and Express with a sign-in page, sign-out and an account page below `/.htpasswd/`;
 * programs may send user name and password. After it, `req.auth.user` is the user's name. Use it before any other route.
 *
 * @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid value; for a file as `Authenticator.fromFile`.
 *
 * @example
 * ```js
 * import { once } from 'node:events'
 * import { createServer } from 'node:http'
 * import { HtpasswdFile, hashPassword, sessionAuth } from 'htpasswd-kit'
 *
 * const hash = await hashPassword('wonderland', { cost: 10 })
 * await HtpasswdFile.update('users', document => document.set('alice', hash), { create: true })
 * const login = sessionAuth({ file: 'users', realm: 'The lab' })
 * const server = createServer((req, res) => login(req, res, () => res.end(`hello ${req.auth?.user}`)))
 * await once(server.listen(0, '127.0.0.1'), 'listening')
 * const address = `http://127.0.0.1:${server.address().port}`
 * const headers = { authorization: `Basic ${btoa('alice:wonderland')}` }
 * console.log(await (await fetch(address, { headers })).text())
 * console.log((await fetch(`${address}/.htpasswd/login`)).status)
 * server.close()
 * await login.close()
 * ```
 *
 * ```text
 * hello alice
 * 200
 * ```
 */
export function sessionAuth(options: SessionAuthOptions<SessionRequest>): SessionAuthMiddleware {
  const login = createSessionAuth(options)
  const middleware = (req: SessionRequest, res: ServerResponse, next: () => void): void => {
    void respondOrPass(login, req, res, req).then(passes => {
      if (passes) next()
    })
  }
  return closable(middleware, login)
}

/** Responds, or resolves with true for a request that the app gets. @internal */
export async function respondOrPass<Request>(
  login: SessionAuth<Request>,
  req: SessionRequest,
  res: ServerResponse,
  request: Request,
): Promise<boolean> {
  const isTls = (req.socket as TLSSocket).encrypted === true
  const client = {
    scheme: req.protocol ?? (isTls ? 'https' : 'http'),
    host: req.headers.host ?? '',
  }
  const { method, headers, httpVersion } = req
  // a router that is mounted elsewhere sees a shorter path
  const head = { method, headers, httpVersion, url: req.originalUrl ?? req.url }
  const decision = await login.decide(head, client, req.ip ?? req.socket.remoteAddress, request)
  if ('forward' in decision) {
    const auth = userOf(decision)
    if (auth !== undefined) req.auth = auth
    if (decision.responseHeaders !== undefined) addHeaders(res, decision.responseHeaders)
    return true
  }
  const response = 'serve' in decision ? await serve(decision, req) : decision.respond
  const cookies = response.cookies === undefined ? {} : { 'set-cookie': [...response.cookies] }
  res.writeHead(response.status, { ...response.headers, ...cookies })
  res.end(method === 'HEAD' ? undefined : response.body)
  // of a form that is too long: what was not read would be taken for the next request
  req.resume()
  return false
}

async function serve(decision: Served, req: SessionRequest): Promise<CannedResponse> {
  if (req.method !== 'POST') return decision.serve(new URLSearchParams())
  const form = parsedForm(req.body) ?? (await readFormOf(req))
  return form instanceof URLSearchParams ? decision.serve(form) : form
}

/** The form as a body parser left it. */
function parsedForm(body: unknown): URLSearchParams | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const fields = Object.entries(body).flatMap(([name, value]) =>
    [value].flat().map(field => [name, String(field)]),
  )
  return new URLSearchParams(fields as [string, string][])
}
