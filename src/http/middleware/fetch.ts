// Basic authentication for servers that speak in Request and Response: Hono, Deno.serve, Bun.serve.
import type { AuthContext, Authenticator } from '../../auth/authenticator.ts'
import { parseCredentials } from '../basic/credentials.ts'
import { type BasicAuthOptions, resolveBasicAuth } from './node.ts'

/** A user, or the response to send instead. */
export type FetchAuthResult =
  | { readonly user: string; readonly response?: undefined }
  | { readonly user?: undefined; readonly response: Response }

/**
 * Makes a function that checks a `Request`: it gives the user's name, or the response that refuses.
 *
 * A `Request` knows no address; give it as the context where the server does, so that failures can be throttled by it.
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
export function fetchBasicAuth(authenticator: Authenticator, options: BasicAuthOptions = {}) {
  const refusalResponse = resolveBasicAuth(options)
  return async (request: Request, context: AuthContext = {}): Promise<FetchAuthResult> => {
    const credentials = parseCredentials(request.headers.get('authorization') ?? undefined)
    const result = await authenticator.authenticate(credentials, context)
    if (result.ok) return { user: result.user }
    const { status, headers, body } = refusalResponse(result, request.headers.get('accept') ?? undefined)
    return { response: new Response(request.method === 'HEAD' ? null : body, { status, headers }) }
  }
}
