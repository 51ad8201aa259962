// The guard's own endpoints, `/.htpasswd/…`: which there are, who may use them, and how.
import type { Identity } from '../../auth/identity.ts'
import { type CannedResponse, textResponse } from '../basic/responses.ts'
import type { ErrorResponder } from '../pages/error-responses.ts'
import type { RequestFacts, RequestHead } from './request.ts'

/** What an endpoint answers to. */
export interface EndpointRequest {
  readonly head: RequestHead
  readonly facts: RequestFacts
  /** Who asks; undefined at an endpoint for anyone. */
  readonly identity: Identity | undefined
  /** The fields of the form, where the endpoint takes one; without fields for GET and HEAD. */
  readonly form: URLSearchParams
}

/** What it responds, and what the access log has instead of the row's word and the sender. */
export interface EndpointResponse extends CannedResponse {
  readonly reason?: string
  readonly identity?: Identity | undefined
  /** The existing user whose name came with a failed login. */
  readonly attempted?: string | undefined
}

/** A row of the table. */
export interface Endpoint {
  /** Exactly these bytes, below the guard's prefix. */
  readonly path: `/.htpasswd/${string}`
  readonly methods: readonly string[]
  /** `anyone`: without credentials, which are then not looked at; `user`: everybody who is signed in. */
  readonly for: 'anyone' | 'user'
  /** Whether a personal access token or JWT is good enough. Default: false. */
  readonly tokens?: boolean
  /** Whether it is for scripts and programs: a sender who is not signed in gets 401 as JSON, and no page. Default: false. */
  readonly isJson?: boolean
  /** A word for the access log. */
  readonly reason: string
  readonly respond: (request: EndpointRequest) => EndpointResponse | Promise<EndpointResponse>
}

/** Why no new requests should be sent here; undefined where they may. */
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

/** What lies below the folder of the endpoints and is none: it never reaches the app. */
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

/** Finds what responds at a path with a method; undefined for a path of the app. */
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
