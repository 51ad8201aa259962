// The guard's own endpoints, `/.htpasswd/…`: a table of paths, who may use them, and how.
import type { Identity } from '../../auth/identity.ts'
import { type CannedResponse, textResponse } from '../basic/responses.ts'
import type { ErrorResponder } from '../pages/error-responses.ts'
import type { RequestFacts, RequestHead } from './request.ts'

/** A request to an endpoint. */
export interface EndpointRequest {
  readonly head: RequestHead
  readonly facts: RequestFacts
  /** The sender; undefined at an endpoint for anyone. */
  readonly identity: Identity | undefined
  /** The fields of the form; empty for GET and HEAD, and if the endpoint takes no form. */
  readonly form: URLSearchParams
}

/** The response, and what replaces the row's word and the sender in the access log. */
export interface EndpointResponse extends CannedResponse {
  readonly reason?: string
  readonly identity?: Identity | undefined
  /** The existing user that a failed login named. */
  readonly attempted?: string | undefined
}

/** A row of the table. */
export interface Endpoint {
  /** The path below the guard's prefix, compared byte by byte. */
  readonly path: `/.htpasswd/${string}`
  readonly methods: readonly string[]
  /** `anyone`: credentials are not looked at; `user`: everyone who is signed in. */
  readonly for: 'anyone' | 'user'
  /** Whether a personal access token or JWT is accepted. Default: false. */
  readonly tokens?: boolean
  /**
   * Whether the endpoint is for scripts and programs: a sender who is not signed in gets 401 as JSON instead of a page.
   * Default: false.
   */
  readonly isJson?: boolean
  /** A word for the access log. */
  readonly reason: string
  readonly respond: (request: EndpointRequest) => EndpointResponse | Promise<EndpointResponse>
}

/** Why a load balancer should send no new requests here; undefined if it may. */
export type FindObstacle = () => string | undefined | Promise<string | undefined>

const ok = textResponse(200, 'ok')

/** The endpoints that every guard has: whether the process runs, and whether a load balancer may send it requests. */
export const commonEndpoints = (findObstacle: FindObstacle): readonly Endpoint[] => [
  {
    path: '/.htpasswd/health',
    methods: ['GET', 'HEAD'],
    for: 'anyone',
    reason: 'health',
    respond: () => ok,
  },
  {
    path: '/.htpasswd/ready',
    methods: ['GET', 'HEAD'],
    for: 'anyone',
    reason: 'ready',
    respond: async () => {
      const obstacle = await findObstacle()
      return obstacle === undefined ? ok : textResponse(503, `503 Service Unavailable: ${obstacle}`)
    },
  },
]

const FOLDER = '/.htpasswd/'

/** For other paths below `/.htpasswd/`: they never reach the app. */
const noEndpoint = (errorResponse: ErrorResponder): Endpoint => ({
  path: FOLDER,
  methods: [],
  for: 'user',
  tokens: true,
  reason: 'not-found',
  respond: ({ head }) => errorResponse('not-found', head.headers.accept),
})

const wrongMethod = (allow: string): Endpoint => ({
  path: FOLDER,
  methods: [],
  for: 'anyone',
  reason: 'method',
  respond: () => textResponse(405, `405 Method Not Allowed: This address takes ${allow}.`, { allow }),
})

/** Finds the endpoint for a path and method; undefined for a path of the app. */
export type FindEndpoint = (method: string, path: string) => Endpoint | undefined

/**
 * Makes the function that finds endpoints.
 *
 * @param prefix the guard's prefix. Behind a proxy in front, only paths below it may reach the guard; directly below the
 *   root the endpoints are there as well, for probes that know no prefix.
 */
export function createFindEndpoint(
  endpoints: readonly Endpoint[],
  prefix: string,
  errorResponse: ErrorResponder,
): FindEndpoint {
  const notFound = noEndpoint(errorResponse)
  const byPath = new Map<string, Endpoint[]>()
  for (const endpoint of endpoints)
    byPath.set(endpoint.path, [...(byPath.get(endpoint.path) ?? []), endpoint])
  return (method, path) => {
    const inner = prefix !== '' && path.startsWith(prefix + FOLDER) ? path.slice(prefix.length) : path
    if (!inner.startsWith(FOLDER)) return undefined
    const rows = byPath.get(inner)
    if (rows === undefined) return notFound
    return (
      rows.find(({ methods }) => methods.includes(method)) ??
      wrongMethod(rows.flatMap(({ methods }) => methods).join(', '))
    )
  }
}
