// Basic authentication for servers built on Request and Response: Hono, Deno.serve, Bun.serve.
import type { AuthContext, Authenticator } from '../../auth/authenticator.ts'
import { parseCredentials } from '../basic/credentials.ts'
import { type BasicAuthOptions, resolveBasicAuth } from './options.ts'

/** The user, or the response to send instead. */
export type FetchAuthResult =
  | { readonly user: string; readonly response?: undefined }
  | { readonly user?: undefined; readonly response: Response }

/** Checks a `Request`. The context holds the client's address, where the server knows it. */
export type FetchAuthCheck = (request: Request, context?: AuthContext) => Promise<FetchAuthResult>

/**
 * Makes a function that checks the user name and password of a `Request`. It resolves to the user's name, or to the
 * response to send instead, which is that of `basicAuth`.
 *
 * A `Request` has no address. Pass it as the context where the server knows it, so that failures are counted by address
 * as well as by name.
 *
 * @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid realm.
 *
 * @example
 * ```js
 * import { Authenticator, fetchBasicAuth, hashPassword } from 'htpasswd-kit'
 *
 * const hash = await hashPassword('wonderland', { cost: 10 })
 * const authenticator = new Authenticator(name => (name === 'alice' ? hash : undefined))
 * const check = fetchBasicAuth(authenticator)
 * const headers = { authorization: `Basic ${btoa('alice:wonderland')}` }
 * const { user, response } = await check(new Request('http://lab.example/', { headers }))
 * console.log(user, response)
 * await authenticator[Symbol.asyncDispose]()
 * ```
 *
 * ```text
 * alice undefined
 * ```
 */
export function fetchBasicAuth(authenticator: Authenticator, options: BasicAuthOptions = {}): FetchAuthCheck {
  const refusalResponse = resolveBasicAuth(options)
  return async (request, context = {}) => {
    const credentials = parseCredentials(request.headers.get('authorization') ?? undefined)
    const result = await authenticator.authenticate(credentials, context)
    if (result.ok) return { user: result.user }
    const { status, headers, body } = refusalResponse(result, request.headers.get('accept') ?? undefined)
    return { response: new Response(request.method === 'HEAD' ? null : body, { status, headers }) }
  }
}
