// Decides about one request: answered here, refused, or sent on. The order of the questions is the guard's security.
import type { AuthResult } from '../../auth/auth-result.ts'
import { parseCredentials } from '../basic/credentials.ts'
import { createRefusalResponses, textResponse } from '../basic/responses.ts'
import type { Exchange } from '../proxy/exchange.ts'
import { originOf } from './client-address.ts'
import { isCrossSite, preflightHeaders, siteOf } from './cross-site.ts'
import type { ResolvedGuardOptions } from './options.ts'
import { validateRequest } from './request-check.ts'
import { findRoute, type Route } from './route.ts'

/** The path that answers 200 without login and without the app, for load balancers and probes. */
export const HEALTH_PATH = '/.htpasswd/health'

// under 300 bytes with the sentence before it: MLflow's client prints the whole body
const MLFLOW_HINT =
  "MLflow's Python client takes them from the environment:\n" +
  '  MLFLOW_TRACKING_USERNAME=<user name>\n' +
  '  MLFLOW_TRACKING_PASSWORD=<password>'

const health = textResponse(200, 'ok')
const outside = textResponse(404, 'There is nothing at this path.')
const crossSite = textResponse(403, 'A page of another site may not change anything here with your login.')

/**
 * Makes the gate.
 *
 * @returns whether the exchange may go on to the app; false where it has been answered. At once, unless a password has
 *   to be checked.
 */
export function createGate(options: ResolvedGuardOptions) {
  const { authenticator, allowOrigins } = options
  const refusalResponse = createRefusalResponses({ realm: options.realm, hint: MLFLOW_HINT })

  /** What is answered whoever asks; false. Else true. */
  const passesUnasked = (exchange: Exchange): boolean => {
    const { req } = exchange
    const { headers, method } = req
    const error = validateRequest(req)
    if (error !== undefined) {
      // nothing behind it on this connection can be trusted to be where it seems
      exchange.closing = true
      exchange.respond(textResponse(error.status, error.text), 'ambiguous')
      return false
    }
    if (req.url === HEALTH_PATH && (method === 'GET' || method === 'HEAD')) {
      exchange.respond(health, 'health')
      return false
    }
    const { origin } = headers
    if (origin === undefined || allowOrigins.size === 0 || !allowOrigins.has(origin.toLowerCase()))
      return true
    exchange.allowedOrigin = origin
    const asked = headers['access-control-request-method']
    // browsers send no login with a preflight
    if (method !== 'OPTIONS' || asked === undefined) return true
    const wanted = headers['access-control-request-headers'] as string | undefined
    const answered = preflightHeaders(origin, asked, wanted)
    exchange.respond({ status: 204, headers: answered, body: '' }, 'preflight')
    return false
  }

  const logIn = (exchange: Exchange, route: Route): AuthResult | Promise<AuthResult> => {
    const { headers } = exchange.req
    const gateway = typeof route === 'object' && 'path' in route && route.path.startsWith('/gateway/')
    const separate = gateway ? headers['x-mlflow-authorization'] : undefined
    exchange.separateLogin = separate !== undefined
    const credentials = parseCredentials(typeof separate === 'string' ? separate : headers.authorization)
    return authenticator.decide(credentials, { address: exchange.client.address })
  }

  const isLetIn = (exchange: Exchange, result: AuthResult): boolean => {
    if (!result.ok) {
      exchange.respond(refusalResponse(result, exchange.req.headers.accept), result.reason)
      return false
    }
    exchange.login = result
    return true
  }

  const goesOn = (exchange: Exchange, route: Route, upgrade: boolean): boolean => {
    const { req, client } = exchange
    const { origin, 'sec-fetch-site': fetchSite } = req.headers
    if (origin !== undefined || fetchSite !== undefined || upgrade) {
      const facts = {
        method: req.method ?? '',
        upgrade,
        origin,
        fetchSite: fetchSite as string | undefined,
        ownOrigin: originOf(client),
      }
      const site = siteOf(facts, allowOrigins)
      if (isCrossSite(facts, site)) {
        exchange.respond(crossSite, 'cross-site')
        return false
      }
      exchange.trustedOrigin = site !== 'foreign'
    }
    if (typeof route === 'object' && 'target' in route) {
      exchange.target = route.target
      return true
    }
    if (route === 'outside') exchange.respond(outside, 'outside')
    // 308 keeps the method (RFC 9110 section 15.4.9); a relative Location holds under any name
    else exchange.respond(textResponse(308, 'The slash matters.', { location: route.redirect }), 'redirect')
    return false
  }

  return (exchange: Exchange, upgrade: boolean): boolean | Promise<boolean> => {
    if (!passesUnasked(exchange)) return false
    const { method = '', url = '' } = exchange.req
    const route = findRoute(method, url, options)
    // an upgrade begins with a GET, but opens a channel for anything
    if (typeof route === 'object' && 'open' in route && route.open && !upgrade)
      return goesOn(exchange, route, upgrade)
    const result = logIn(exchange, route)
    if (!(result instanceof Promise)) return isLetIn(exchange, result) && goesOn(exchange, route, upgrade)
    return result.then(later => isLetIn(exchange, later) && goesOn(exchange, route, upgrade))
  }
}
