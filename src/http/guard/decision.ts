// What is decided about a request: a response of the guard, one of its endpoints, or forwarding.
import type { Identity } from '../../auth/identity.ts'
import { type CannedResponse, textResponse } from '../basic/responses.ts'
import type { ErrorResponder } from '../pages/error-responses.ts'
import type { Endpoint, EndpointResponse } from './endpoints.ts'
import type { CredentialsHeader, RequestFacts, RequestHead } from './request.ts'
import type { RequestError } from './request-check.ts'

/** The part that all decisions have. */
export interface Outcome {
  /** Who sent the request; undefined for a request without a login. */
  readonly identity: Identity | undefined
  /** The request's `Origin` if it is an allowed one: the response has to name it. */
  readonly allowedOrigin: string | undefined
}

/** The guard itself responds; the app does not see the request. */
export interface Responded extends Outcome {
  readonly respond: CannedResponse
  /** The reason as a word for the access log. */
  readonly reason: string
  /** The details for the access log. */
  readonly cause?: string
  /** The class of request that the user may not send: `read`, `write`, `use` or `admin`. */
  readonly class?: string | undefined
  /** Whether the connection must end, because what follows the request on it cannot be trusted. */
  readonly closes: boolean
  /** The existing user that a failed login named. */
  readonly attempted?: string | undefined
}

/** One of the guard's own endpoints responds, once the form of the request has been read. */
export interface Served extends Outcome {
  readonly serve: (form: URLSearchParams) => EndpointResponse | Promise<EndpointResponse>
  /** A word for the access log. */
  readonly reason: string
}

/** Header fields that the response gets besides the app's, names and values in turn. @param cacheControl the app's. */
export type ResponseHeaders = (status: number, cacheControl: string | undefined) => readonly string[]

/** The request goes to the app. */
export interface Admitted extends Outcome {
  readonly forward: true
  /** The request target for the app: the client's bytes, without the prefix. */
  readonly target: string
  /** The header with the verified credentials; undefined if none were needed, and for a cookie. */
  readonly credentialsHeader: CredentialsHeader | undefined
  /** Whether `Origin` is the app's own or an allowed one. */
  readonly trustedOrigin: boolean
  readonly responseHeaders?: ResponseHeaders | undefined
  /** The user's groups; undefined if the app does not get them. */
  readonly groups?: readonly string[] | undefined
  /** Whether the user may still do this; asked again while a response stays open. */
  readonly isAllowed?: (() => boolean) | undefined
}

/** What happens to a request. */
export type Decision = Responded | Served | Admitted

/** A request that two servers could read differently; what follows it on its connection cannot be trusted either. */
export const ambiguous = ({ status, text }: RequestError, outcome: Outcome): Responded => ({
  ...respond(textResponse(status, text), 'ambiguous', outcome, true),
  cause: text,
})

/** A response of the guard itself. */
export function respond(
  response: CannedResponse,
  reason: string,
  { identity, allowedOrigin }: Outcome,
  closes = false,
): Responded {
  return { respond: response, reason, closes, identity, allowedOrigin }
}

/** One of the guard's own endpoints responds. */
export const serve = (
  endpoint: Endpoint,
  head: RequestHead,
  facts: RequestFacts,
  outcome: Outcome,
): Served => ({
  serve: form => endpoint.respond({ head, facts, identity: outcome.identity, form }),
  reason: endpoint.reason,
  ...outcome,
})

/** A rejection before anything is known about the request; the connection ends. */
const rejected = (response: CannedResponse, reason: string): Responded =>
  respond(response, reason, { identity: undefined, allowedOrigin: undefined }, true)

/** For an expectation other than `100-continue`, before anything is decided. */
export const unmetExpectation = rejected(
  textResponse(417, '417 Expectation Failed: The only expectation that can be met is 100-continue.'),
  'expectation',
)

/** For a client whose address is over its limit of connections, before anything is decided. */
export const tooManyConnections = (
  errorResponse: ErrorResponder,
  { headers: { accept } }: RequestHead,
): Responded => rejected(errorResponse('connections', accept, { retryAfter: 5 }), 'connection-limit')
