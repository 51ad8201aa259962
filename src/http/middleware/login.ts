// The decision that all middlewares share: who sent a request, or how to respond to it instead.
import { decideRequest, isReadInEveryWay } from '../../access/decide-request.ts'
import { refuse } from '../../auth/auth-result.ts'
import type { Authenticator } from '../../auth/authenticator.ts'
import type { CannedResponse } from '../basic/responses.ts'
import { createVerify } from '../guard/identify.ts'
import { pathOf } from '../guard/route.ts'
import type { AuthenticatedUser, BasicAuthOptions, BasicAuthSetup, Closable } from './options.ts'
import { createResponder } from './refusal.ts'
import { resolveBasicAuth } from './resolve.ts'

const single = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

/** The facts that a framework gives about a request. */
interface LoginFacts {
  readonly method: string
  /** The request target as the client sent it. */
  readonly target: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The client's address according to the framework. */
  readonly address: string | undefined
}

/** The request goes to the app, with the user unless the path is open; or the response to send instead. */
type LoginOutcome =
  | { readonly auth: AuthenticatedUser | undefined; readonly response?: undefined }
  | { readonly auth?: undefined; readonly response: CannedResponse }

/** The parts of a middleware. */
export interface Login<Request> extends Closable {
  readonly hasOpenPaths: boolean
  decide(facts: LoginFacts, request: Request): Promise<LoginOutcome>
}

/** @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid value. */
export function createLogin<Request>(
  given: Authenticator | BasicAuthSetup<Request>,
  options?: BasicAuthOptions<Request>,
): Login<Request> {
  const { authenticator, tokens, allowPaths, access, close, ...resolved } = resolveBasicAuth(given, options)
  const responseTo = createResponder(resolved.options)
  const verify = createVerify({ authenticator, tokens })
  const findAddress = resolved.options.address
  const authenticate = async (authorization: string | undefined, find: () => string | undefined) => {
    try {
      return await verify(authorization, { address: find() })
    } catch (error) {
      // only the program's own function throws; without an address no client would be slowed down
      process.emitWarning(error instanceof Error ? error : String(error))
      return refuse('fault')
    }
  }
  return {
    hasOpenPaths: allowPaths.size > 0,
    async decide({ method, target, headers, address }, request) {
      const [accept, authorization] = [headers.accept, headers.authorization].map(single)
      if (allowPaths.has(pathOf(target)) && isReadInEveryWay({ method, target, headers }))
        return { auth: undefined }
      const result = await authenticate(authorization, () =>
        findAddress === undefined ? address : findAddress(request),
      )
      if (!result.ok) {
        const { ok: _, ...refusal } = result
        return { response: await responseTo(refusal, accept, request) }
      }
      const { user } = result
      const asked = { method, target, path: pathOf(target), headers }
      const decision = decideRequest(access, result, asked)
      if (decision.allowed) return { auth: { user, groups: access.groupsOf(result) } }
      const refusal = { status: 403, reason: 'forbidden', user, detail: decision.reason } as const
      return { response: await responseTo(refusal, accept, request) }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Makes a middleware that closes its parts. */
export const closable = <T extends object>(middleware: T, { close }: Closable): T & Closable =>
  Object.assign(middleware, { close, [Symbol.asyncDispose]: close })
