// Decides about one request: answered here, refused, or sent on. The order of the questions is the guard's security.
import { createRefusals, textAnswer } from './answer.ts'
import { parseCredentials } from './credentials.ts'
import { isCrossSite, preflightHeaders, siteOf } from './cross-site.ts'
import type { Exchange } from './exchange.ts'
import type { ResolvedGuardOptions } from './guard-options.ts'
import { findObjection } from './request-check.ts'
import { findRoute } from './request-target.ts'

/** The path that answers 200 without login and without the app, for load balancers and probes. */
export const HEALTH_PATH = '/.htpasswd/health'

// under 300 bytes with the sentence before it: MLflow's client prints the whole body
const MLFLOW_HINT =
  "MLflow's Python client takes them from the environment:\n" +
  '  MLFLOW_TRACKING_USERNAME=<user name>\n' +
  '  MLFLOW_TRACKING_PASSWORD=<password>'

const health = textAnswer(200, 'ok')
const outside = textAnswer(404, 'There is nothing at this path.')
const crossSite = textAnswer(403, 'A page of another site may not change anything here with your login.')

/**
 * Makes the gate.
 *
 * @returns whether the exchange may go on to the app; false where it has been answered.
 */
export function createGate(options: ResolvedGuardOptions) {
  const { authenticator, allowOrigins } = options
  const refusalAnswer = createRefusals({ realm: options.realm, hint: MLFLOW_HINT })

  return async (exchange: Exchange, upgrade: boolean): Promise<boolean> => {
    const { req, client } = exchange
    const { headers } = req
    const method = req.method ?? ''

    const objection = findObjection(req)
    if (objection !== undefined) {
      // nothing behind it on this connection can be trusted to be where it seems
      exchange.closing = true
      exchange.answer(textAnswer(objection.status, objection.text), 'ambiguous')
      return false
    }
    const url = req.url as string
    if (url === HEALTH_PATH && (method === 'GET' || method === 'HEAD')) {
      exchange.answer(health, 'health')
      return false
    }
    const origin = headers.origin
    const allowed = origin !== undefined && allowOrigins.size > 0 && allowOrigins.has(origin.toLowerCase())
    if (allowed) {
      exchange.allowedOrigin = origin
      const asked = headers['access-control-request-method']
      // browsers send no login with a preflight
      if (method === 'OPTIONS' && asked !== undefined) {
        const answered = preflightHeaders(
          origin,
          asked,
          headers['access-control-request-headers'] as string | undefined,
        )
        exchange.answer({ status: 204, headers: answered, body: '' }, 'preflight')
        return false
      }
    }

    const route = findRoute(method, url, options)
    const open = typeof route === 'object' && 'open' in route && route.open
    if (!open) {
      const gateway = typeof route === 'object' && 'path' in route && route.path.startsWith('/gateway/')
      const separate = gateway ? headers['x-mlflow-authorization'] : undefined
      const credentials = parseCredentials(typeof separate === 'string' ? separate : headers.authorization)
      const result = await authenticator.authenticate(credentials, { address: client.address })
      if (!result.ok) {
        exchange.answer(refusalAnswer(result, headers.accept), result.reason)
        return false
      }
      exchange.user = result.user
      exchange.username = result.username
      exchange.separateLogin = separate !== undefined
    }

    if (origin !== undefined || headers['sec-fetch-site'] !== undefined || upgrade) {
      const fetchSite = headers['sec-fetch-site'] as string | undefined
      const facts = { method, upgrade, origin, fetchSite, ownOrigin: client.origin }
      const site = siteOf(facts, allowOrigins)
      if (isCrossSite(facts, site)) {
        exchange.answer(crossSite, 'cross-site')
        return false
      }
      exchange.trustedOrigin = site !== 'foreign'
    }
    if (typeof route === 'object' && 'target' in route) {
      exchange.target = route.target
      return true
    }
    if (route === 'outside') exchange.answer(outside, 'outside')
    // 308 keeps the method (RFC 9110 section 15.4.9); a relative Location holds under any name
    else exchange.answer(textAnswer(308, 'The slash matters.', { location: route.redirect }), 'redirect')
    return false
  }
}
