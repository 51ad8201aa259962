// A sign-in page as a middleware: the guard's own decision about a request, with the app of this process behind it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { Authenticator } from '../../auth/authenticator.ts'
import type { Users } from '../../auth/user-source.ts'
import { HtpasswdError } from '../../errors.ts'
import type { CannedResponse } from '../basic/responses.ts'
import type { ClientFacts } from '../guard/client-address.ts'
import { createDecide, type Decide } from '../guard/decide.ts'
import type { Decision, Served } from '../guard/decision.ts'
import { MAX_FORM_BYTES, readForm } from '../guard/form.ts'
import { checkAllowPath } from '../guard/route.ts'
import { type LoginOptions, resolveLogin } from '../login/options.ts'
import { createErrorResponses } from '../pages/error-responses.ts'
import { checkLanguage, type Language } from '../pages/texts.ts'
import { addHeaders } from '../proxy/embedded.ts'
import type { AuthenticatedUser, Closable } from './options.ts'

/** A sign-in page for an app of this process. One of `file`, `users` and `authenticator` says who the users are. */
export interface SessionAuthOptions<Request = unknown> extends LoginOptions {
  /** Stored hashes in memory, or a function that returns them at once. */
  readonly users?: Users | undefined
  /** An authenticator that is used elsewhere as well. */
  readonly authenticator?: Authenticator | undefined
  /** The title of the sign-in page, and the realm for programs. Default: `Restricted`. */
  readonly realm?: string | undefined
  /** Whom people can ask: a name, an e-mail address, a URL. */
  readonly contact?: string | undefined
  /** The language of the pages: `en`, `de` or `fr`. Default: `en`. */
  readonly lang?: Language | undefined
  /** Paths that need no login, for GET and HEAD; compared exactly with the path of the request. Default: none. */
  readonly allowPaths?: readonly string[] | undefined
  /** The client's address, by which failed logins are counted. Default: what the framework says, else the socket's. */
  address?(request: Request): string | undefined
}

/** What the doors of the frameworks share. */
export interface SessionAuth extends Closable {
  readonly decide: Decide
}

/** @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid value; for a file as `Authenticator.fromFile`. */
export function createSessionAuth<Request>(options: SessionAuthOptions<Request>): SessionAuth {
  const {
    users,
    authenticator: given,
    realm = 'Restricted',
    contact,
    lang = 'en',
    allowPaths = [],
    address: _,
    ...login
  } = options
  const sources = [
    login.file === undefined || given !== undefined ? undefined : 'file',
    users && 'users',
    given && 'authenticator',
  ]
  if (sources.filter(source => source !== undefined).length !== 1) {
    throw new HtpasswdError('ERR_OPTION', 'sessionAuth expected one of "file", "users" and "authenticator"')
  }
  const authenticator =
    given ?? (users === undefined ? Authenticator.fromFile(login.file as string) : new Authenticator(users))
  const look = { realm, contact, lang: checkLanguage(lang), prefix: '' }
  const surroundings = { authenticator, look, groupsOf: () => [], hasTokens: false }
  const decide = createDecide({
    authenticator,
    errorResponse: createErrorResponses({ realm, contact, lang }),
    allowOrigins: new Set<string>(),
    allowPaths: new Set(allowPaths.map(checkAllowPath)),
    prefix: '',
    ...resolveLogin(login, surroundings),
  })
  const close = async (): Promise<void> => {
    if (given === undefined) await authenticator.close()
  }
  return { decide, close, [Symbol.asyncDispose]: close }
}

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
  const { decide, close } = createSessionAuth(options)
  const middleware = (req: SessionRequest, res: ServerResponse, next: () => void): void => {
    void respondOrPass(decide, req, res, options.address).then(passes => {
      if (passes) next()
    })
  }
  return Object.assign(middleware, { close, [Symbol.asyncDispose]: close })
}

/** Responds, or resolves with true for a request that the app gets. @internal */
export async function respondOrPass(
  decide: Decide,
  req: SessionRequest,
  res: ServerResponse,
  findAddress: ((request: SessionRequest) => string | undefined) | undefined,
): Promise<boolean> {
  const isTls = (req.socket as TLSSocket).encrypted === true
  const client: ClientFacts = {
    address: (findAddress === undefined ? req.ip : findAddress(req)) ?? req.socket.remoteAddress ?? '0.0.0.0',
    scheme: req.protocol ?? (isTls ? 'https' : 'http'),
    host: req.headers.host ?? '',
    proxied: false,
  }
  const { method, headers, httpVersion } = req
  // a router that is mounted elsewhere sees a shorter path
  const head = { method, headers, httpVersion, url: req.originalUrl ?? req.url }
  const decision = await decide(head, { client, upgrade: false })
  if ('forward' in decision) {
    const { identity, responseHeaders } = decision
    if (identity !== undefined) req.auth = { user: identity.user, groups: identity.groups }
    if (responseHeaders !== undefined) addHeaders(res, responseHeaders)
    return true
  }
  const response = 'serve' in decision ? await serve(decision, req) : decision.respond
  const cookies = response.cookies === undefined ? {} : { 'set-cookie': [...response.cookies] }
  res.writeHead(response.status, { ...response.headers, ...cookies })
  res.end(method === 'HEAD' ? undefined : response.body)
  return false
}

async function serve(decision: Served, req: SessionRequest): Promise<CannedResponse> {
  if (req.method !== 'POST') return decision.serve(new URLSearchParams())
  const form = parsedForm(req.body) ?? (await readForm(req))
  return form instanceof URLSearchParams ? decision.serve(form) : form
}

/** The form as a body parser left it. */
function parsedForm(body: unknown): URLSearchParams | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const fields = Object.entries(body).flatMap(([name, value]) =>
    [value].flat().map(one => [name, String(one)]),
  )
  return new URLSearchParams(fields as [string, string][])
}

/** What a decision leads to for a `Request`; undefined where the app gets it. @internal */
export async function toFetchResponse(decision: Decision, request: Request): Promise<Response | undefined> {
  if ('forward' in decision) return undefined
  let response: CannedResponse
  if ('serve' in decision) {
    response = await decision.serve(new URLSearchParams(await readText(request)))
  } else response = decision.respond
  const { status, headers, cookies = [], body } = response
  const fields = new Headers(headers)
  for (const cookie of cookies) fields.append('set-cookie', cookie)
  return new Response(request.method === 'HEAD' ? null : body, { status, headers: fields })
}

/** The text of a form; empty for what is none, and for more than a form of ours can have. */
async function readText(request: Request): Promise<string> {
  const type = request.headers.get('content-type') ?? ''
  if (request.method !== 'POST' || !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return ''
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > MAX_FORM_BYTES) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
