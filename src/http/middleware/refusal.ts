// The response of a middleware to a request that it refuses, and what a program may change in it.
import type { RefusalReason } from '../../auth/auth-result.ts'
import type { CannedResponse } from '../basic/responses.ts'
import { createErrorResponses, refusalKind } from '../pages/error-responses.ts'

/** Why a middleware refuses a request, and with which status. */
export type BasicAuthRefusal =
  | {
      readonly status: 401 | 429 | 500 | 503
      readonly reason: RefusalReason
      /** After how many seconds another attempt may succeed; with 429 and 503. */
      readonly retryAfter?: number
      readonly detail?: undefined
    }
  /** The password is right, but the rules do not allow the request. */
  | {
      readonly status: 403
      readonly reason: 'forbidden'
      readonly retryAfter?: undefined
      readonly user: string
      /** Why, in a sentence for the user. */
      readonly detail: string
    }

/** What differs from the default response to a refused request. */
export interface CustomResponse {
  /** Default: the status of the refusal. */
  readonly status?: number | undefined
  /**
   * Headers besides the default ones (`www-authenticate`, `cache-control` …) or in place of them; undefined leaves one
   * out, such as `www-authenticate`, so that a browser does not ask for a password.
   */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
  /** The body; of the type `text/plain` unless `headers` names another one. Default: a sentence, or a page for browsers. */
  readonly body?: string | undefined
}

/** Builds the response to a refused request; `accept` is the header of the request. */
export type Responder<Request> = (
  refusal: BasicAuthRefusal,
  accept: string | undefined,
  request: Request,
) => Promise<CannedResponse>

interface ResponderOptions<Request> {
  readonly realm?: string | undefined
  readonly hint?: string | undefined
  respond?(
    refusal: BasicAuthRefusal,
    request: Request,
  ): CustomResponse | undefined | Promise<CustomResponse | undefined>
}

/** @throws HtpasswdError `ERR_OPTION` for an invalid realm. */
export function createResponder<Request>(options: ResponderOptions<Request>): Responder<Request> {
  const defaults = createErrorResponses({ realm: options.realm ?? 'Restricted', hint: options.hint })
  return async (refusal, accept, request) => {
    const { retryAfter, detail } = refusal
    const kind = refusal.status === 403 ? 'forbidden' : refusalKind(refusal)
    const response = defaults(kind, accept, { cause: detail, retryAfter })
    if (options.respond === undefined) return response
    try {
      return customized(response, (await options.respond(refusal, request)) ?? {})
    } catch (error) {
      // the request stays refused
      process.emitWarning(error instanceof Error ? error : String(error))
      return response
    }
  }
}

function customized(
  response: CannedResponse,
  { status, headers = {}, body }: CustomResponse,
): CannedResponse {
  const merged: Record<string, string> = { ...response.headers }
  if (body !== undefined) {
    merged['content-type'] = 'text/plain; charset=utf-8'
    merged['content-length'] = String(Buffer.byteLength(body))
    // it allows the default page only
    delete merged['content-security-policy']
  }
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) delete merged[name.toLowerCase()]
    else merged[name.toLowerCase()] = value
  }
  return { status: status ?? response.status, headers: merged, body: body ?? response.body }
}
