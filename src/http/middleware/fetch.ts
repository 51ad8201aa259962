// Basic authentication for servers built on Request and Response: Next.js, Deno.serve, Bun.serve and others.
import type { AuthContext, Authenticator } from '../../auth/authenticator.ts'
import { HtpasswdError } from '../../errors.ts'
import type { CannedResponse } from '../basic/responses.ts'
import { factsOf, toResponse } from './fetch-request.ts'
import { closable, createLogin } from './login.ts'
import type { AuthenticatedUser, BasicAuthOptions, BasicAuthSetup, Closable } from './options.ts'

export type * from './types.ts'

/** The user, or the response to send instead. */
export type FetchAuthResult =
  | { readonly user: string; readonly auth: AuthenticatedUser; readonly response?: undefined }
  | { readonly user?: undefined; readonly auth?: undefined; readonly response: Response }

/** Checks a `Request`. The context holds the client's address, if the server knows it. */
export interface FetchAuthCheck extends Closable {
  (request: Request, context?: AuthContext): Promise<FetchAuthResult>
}

/**
 * Makes a function that checks the user name and password of a `Request`. It resolves to the user, or to the response to
 * send instead, which is that of `basicAuth`. The sub-path `htpasswd-kit/fetch` exports it as `basicAuth`.
 *
 * A `Request` has no address. Pass it as the context, or find it with the option `address`, so that failures are counted by
 * address as well as by name. A path that needs no login needs no call: `allowPaths` is not an option here.
 *
 * @param users as for `basicAuth`.
 * @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid value; for a file as `Authenticator.fromFile`.
 *
 * @example
 * ```js
 * import { fetchBasicAuth, hashPassword } from 'htpasswd-kit'
 *
 * const check = fetchBasicAuth({ users: { alice: await hashPassword('wonderland', { cost: 10 }) } })
 * const headers = { authorization: `Basic ${btoa('alice:wonderland')}` }
 * const { user, response } = await check(new Request('http://lab.example/', { headers }))
 * console.log(user, response)
 * await check.close()
 * ```
 *
 * ```text
 * alice undefined
 * ```
 */
export function fetchBasicAuth(users: BasicAuthSetup<Request>): FetchAuthCheck
export function fetchBasicAuth(users: Authenticator, options?: BasicAuthOptions<Request>): FetchAuthCheck
export function fetchBasicAuth(
  users: Authenticator | BasicAuthSetup<Request>,
  options?: BasicAuthOptions<Request>,
): FetchAuthCheck {
  const login = createLogin(users, options)
  if (login.hasOpenPaths)
    throw new HtpasswdError(
      'ERR_OPTION',
      '"allowPaths" is not an option here: call the check where it is needed',
    )
  const check = async (request: Request, context: AuthContext = {}): Promise<FetchAuthResult> => {
    const { auth, response } = await login.decide(factsOf(request, context.address), request)
    return auth === undefined
      ? { response: toResponse(request, response as CannedResponse) }
      : { user: auth.user, auth }
  }
  return closable(check, login)
}

export { fetchBasicAuth as basicAuth }
