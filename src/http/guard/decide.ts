// The one decision about a request: respond here or forward it. Security depends on the order of the questions.
import { decideRequest, isReadInEveryWay } from '../../access/decide-request.ts'
import type { AccessPolicy } from '../../access/policy.ts'
import { withoutRules } from '../../access/rules.ts'
import type { AuthResult } from '../../auth/auth-result.ts'
import type { Identity } from '../../auth/identity.ts'
import { SessionIdentity } from '../../auth/sessions/session-identity.ts'
import { textResponse } from '../basic/responses.ts'
import { sessionResponseHeaders } from '../login/response-headers.ts'
import type { UnauthenticatedResponder } from '../login/unauthenticated.ts'
import { type ErrorResponder, refusalKind } from '../pages/error-responses.ts'
import { hasBody } from '../proxy/request-body.ts'
import {
  type AnswerOptions,
  allowedAnswer,
  createReadQuestion,
  type ProxyName,
  type Question,
  refusedAnswer,
} from './auth-endpoint.ts'
import { originOf } from './client-address.ts'
import { describeCrossSite, isCrossSite, preflightOf, siteOf } from './cross-site.ts'
import { ambiguous, type Decision, type Outcome, respond, serve } from './decision.ts'
import { commonEndpoints, createFindEndpoint, type Endpoint, type FindObstacle } from './endpoints.ts'
import { forbiddenResponse } from './forbidden.ts'
import { createIdentify, namedUser, type Verifiers } from './identify.ts'
import type { CredentialsHeader, RequestFacts, RequestHead } from './request.ts'
import { validateRequest } from './request-check.ts'
import { findRoute, pathOf, type Route, type RouteOptions } from './route.ts'

/** The input of decisions: the guard's checked options. */
export interface Policy extends RouteOptions, Verifiers {
  readonly errorResponse: ErrorResponder
  readonly allowOrigins: ReadonlySet<string>
  /** Which users may do what; without it every user may do everything. */
  readonly access?: AccessPolicy | undefined
  /** All groups of a user; undefined if the app does not get them. */
  readonly groupsOf?: ((identity: Identity) => readonly string[]) | undefined
  /** The proxies that may ask about requests, and how the responses name the user. Default: none. */
  readonly authEndpoints?: ReadonlySet<ProxyName> | undefined
  readonly answer?: AnswerOptions | undefined
  /** Responds to requests without a login if there is a sign-in page; undefined for those that get the challenge. */
  readonly unauthenticated?: UnauthenticatedResponder | undefined
  /** Endpoints of the guard besides those that every guard has. */
  readonly endpoints?: readonly Endpoint[] | undefined
  /** For `/.htpasswd/ready`. Default: always ready. */
  readonly findObstacle?: FindObstacle | undefined
}

/** Decides about one request; returns a promise only if a password has to be hashed. */
export type Decide = (request: RequestHead, facts: RequestFacts) => Decision | Promise<Decision>

const notForTokens = textResponse(
  403,
  '403 Forbidden: This address is for users who signed in with their password, not for tokens.',
)

// An app that ignores the body of a GET parses it as the next request on the connection, so a client without a login
// could inject a request into a user's sequence (CL.0 request smuggling, GHSA-ggv3-7p47-pfv8).
const bodyOnOpenPath = textResponse(400, '400 Bad Request: This address takes no request body.')

const NO_PROXIES: ReadonlySet<ProxyName> = new Set()

const isOpen = (route: Route): boolean => typeof route === 'object' && 'open' in route && route.open

/**
 * Makes the function that decides. It asks three questions in order: is the request what it seems to be, who sent it,
 * and may that sender do this. It changes nothing and sends nothing; only the authenticator that it calls has state.
 */
export function createDecide(policy: Policy): Decide {
  const { allowOrigins, access = withoutRules, errorResponse, unauthenticated } = policy
  const identify = createIdentify(policy)
  const readQuestion = createReadQuestion(policy.authEndpoints ?? NO_PROXIES)
  const { findObstacle = () => undefined } = policy
  const endpoints = [...commonEndpoints(findObstacle), ...(policy.endpoints ?? [])]
  const findEndpoint = createFindEndpoint(endpoints, policy.prefix, errorResponse)

  const allowedOriginOf = ({ headers: { origin } }: RequestHead): string | undefined =>
    origin !== undefined && allowOrigins.size > 0 && allowOrigins.has(origin.toLowerCase())
      ? origin
      : undefined

  /** Refuses cross-site requests and paths outside the prefix; everything else goes to the app. */
  const forward = (
    request: RequestHead,
    { client, upgrade }: RequestFacts,
    route: Route,
    outcome: Outcome,
    credentialsHeader: CredentialsHeader | undefined,
  ): Decision => {
    const { origin, 'sec-fetch-site': fetchSite } = request.headers
    const { identity, allowedOrigin } = outcome
    let trustedOrigin = false
    if (origin !== undefined || fetchSite !== undefined || upgrade) {
      const facts = {
        method: request.method ?? '',
        upgrade,
        origin,
        fetchSite: fetchSite as string | undefined,
        ownOrigin: originOf(client),
      }
      const site = siteOf(facts, allowOrigins)
      if (isCrossSite(facts, site)) {
        const cause = describeCrossSite(facts, client.host)
        const response = errorResponse('cross-site', request.headers.accept, { cause })
        return { ...respond(response, 'cross-site', outcome), cause }
      }
      trustedOrigin = site !== 'foreign'
    }
    if (route === 'not-found')
      return respond(errorResponse('not-found', request.headers.accept), 'not-found', outcome)
    if ('redirect' in route) {
      // 308 keeps the method (RFC 9110 section 15.4.9); a relative Location is valid under any host name
      const redirect = textResponse(308, 'This address ends with a slash.', { location: route.redirect })
      return respond(redirect, 'redirect', outcome)
    }
    const responseHeaders = identity instanceof SessionIdentity ? sessionResponseHeaders(identity) : undefined
    return {
      forward: true,
      target: route.target,
      credentialsHeader,
      trustedOrigin,
      responseHeaders,
      groups: identity && policy.groupsOf?.(identity),
      isAllowed:
        identity &&
        policy.access &&
        (() => decideRequest(access, identity, toJudge(request, route.path, upgrade)).allowed),
      identity,
      allowedOrigin,
    }
  }

  /** Who sent the request, and may that sender do this? A promise only if a password has to be hashed. */
  const judge = (
    request: RequestHead,
    facts: RequestFacts,
    route: Route,
    anonymous: Outcome,
    endpoint?: Endpoint,
  ): Decision | Promise<Decision> => {
    const { headers } = request
    const { result, header } = identify(request, facts, route)
    const authorize = (sender: AuthResult): Decision => {
      if (!sender.ok) {
        const { status, reason, retryAfter } = sender
        // a program with a token is not sent to a page where people sign in
        const isPerson = status === 401 && reason !== 'invalid-token'
        const response = isPerson && unauthenticated?.(request, facts, endpoint?.isJson === true)
        const refusal = response || errorResponse(refusalKind(sender), headers.accept, { retryAfter })
        const attempted = namedUser(policy, header && (headers[header] as string | undefined))
        return { ...respond(refusal, reason, anonymous), attempted }
      }
      const outcome: Outcome = { ...anonymous, identity: sender }
      if (endpoint !== undefined) {
        const isEnough = endpoint.tokens || sender.kind === 'password' || sender.kind === 'session'
        return isEnough
          ? serve(endpoint, request, facts, outcome)
          : respond(notForTokens, 'forbidden', outcome)
      }
      if (typeof route === 'object' && 'path' in route) {
        const decision = decideRequest(access, sender, toJudge(request, route.path, facts.upgrade))
        if (!decision.allowed) {
          const { reason, rule } = decision
          const response = forbiddenResponse(errorResponse, request, route.path, reason)
          const cause = rule === undefined ? reason : `${reason}; ${rule}`
          return {
            ...respond(response, 'forbidden', outcome),
            cause,
            class: access.classOf?.(request.method ?? '', route.path),
          }
        }
      }
      return forward(request, facts, route, outcome, header)
    }
    return result instanceof Promise ? result.then(authorize) : authorize(result)
  }

  /**
   * Another proxy asks about a request: decided as if it had come here, except that no path is open without a login.
   */
  const answer = (
    { proxy, head }: Question,
    facts: RequestFacts,
    anonymous: Outcome,
  ): Decision | Promise<Decision> => {
    const error = validateRequest(head)
    if (error !== undefined) return ambiguous(error, anonymous)
    const route = findRoute(head.method ?? '', head.url ?? '', policy)
    const decision = judge(head, { ...facts, upgrade: facts.upgrade || isHandshake(head) }, route, anonymous)
    const toAnswer = (judged: Decision): Decision => {
      if ('forward' in judged && judged.identity !== undefined && policy.answer !== undefined)
        return respond(allowedAnswer(judged.identity, policy.answer), 'auth', judged)
      if ('respond' in judged)
        return { ...judged, respond: refusedAnswer(proxy, judged.respond, facts.client) }
      return respond(errorResponse('not-found', undefined), 'not-found', judged)
    }
    return decision instanceof Promise ? decision.then(toAnswer) : toAnswer(decision)
  }

  return (request, facts) => {
    const allowedOrigin = allowedOriginOf(request)
    const anonymous: Outcome = { identity: undefined, allowedOrigin }

    // Is the request what it seems to be?
    const error = validateRequest(request)
    if (error !== undefined) return ambiguous(error, anonymous)
    const question = readQuestion(request, facts)
    if (question !== undefined) {
      return 'proxy' in question
        ? answer(question, facts, anonymous)
        : respond(question, 'auth-request', anonymous)
    }
    const { method = '', url = '' } = request
    const endpoint = findEndpoint(method, pathOf(url))
    if (endpoint?.for === 'anyone') return serve(endpoint, request, facts, anonymous)
    const preflight = preflightOf(request, allowedOrigin)
    if (preflight !== undefined) return respond(preflight, 'preflight', anonymous)

    // An upgrade begins with a GET, but opens a channel for anything, so no path is open to it.
    const route = findRoute(method, url, policy)
    if (
      isOpen(route) &&
      !facts.upgrade &&
      isReadInEveryWay({ method, target: url, headers: request.headers })
    ) {
      return hasBody(request)
        ? respond(bodyOnOpenPath, 'ambiguous', anonymous, true)
        : forward(request, facts, route, anonymous, undefined)
    }
    return judge(request, facts, route, anonymous, endpoint)
  }
}

/**
 * Whether a proxy asks about a WebSocket handshake. `Upgrade` is hop-by-hop and does not reach us; without this check,
 * a page of another site could open a WebSocket with a user's login (RFC 6455 section 10.2).
 */
const isHandshake = ({ headers }: RequestHead): boolean => headers['sec-websocket-version'] !== undefined

const toJudge = ({ method = '', url = '', headers }: RequestHead, path: string, upgrade: boolean) => ({
  method,
  path,
  target: url,
  headers,
  upgrade,
})
