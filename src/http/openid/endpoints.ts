// The endpoints of a sign-in with a provider: the start, the callback, and the provider's messages about sign-outs.
import { verifyLogoutToken } from '../../auth/openid/logout-token.ts'
import type { ProviderSignIn } from '../../auth/openid/sign-in.ts'
import type { FailedSignIn } from '../../auth/openid/sign-in-failure.ts'
import { type CannedResponse, completeResponse, textResponse } from '../basic/responses.ts'
import type { EndpointRequest, EndpointResponse } from '../guard/endpoints.ts'
import { requesterOf } from '../login/browser.ts'
import { type ExternalSignIn, type Login, seeOther, sessionOf } from '../login/login.ts'
import { checkNext } from '../login/next.ts'
import { loginAddressAfter } from '../login/sign-in.ts'
import { failedSignInPage } from './page.ts'

const FOLDER = '/.htpasswd/oidc'

/** A parameter of the start, set once the browser was redirected to the public address. */
const MOVED = 'moved'

/**
 * Makes the parts that the sign-in page and the guard use of a provider. @param notify is called with a sentence for
 * each failure.
 */
export function externalSignIn(signIn: ProviderSignIn, notify: (text: string) => void): ExternalSignIn {
  const report = (text: string): void => notify(`warning: sign-in with ${signIn.name}: ${text}`)
  return {
    name: signIn.name,
    isDown: () => signIn.isDown(),
    prepare: () => {
      signIn.provider.metadata().catch((error: Error) => {
        report(`${error.message}; passwords work meanwhile, and the provider is asked again`)
      })
    },
    bindingOf: data => signIn.bindingOf(data),
    endSessionUrl: () => signIn.endSessionUrl(),
    endpoints: login => [
      {
        path: `${FOLDER}/start`,
        methods: ['GET'],
        for: 'anyone',
        reason: 'openid-start',
        respond: request => start({ signIn, login, report }, request),
      },
      {
        path: `${FOLDER}/callback`,
        methods: ['GET'],
        for: 'anyone',
        reason: 'openid-callback',
        respond: request => finish({ signIn, login, report }, request),
      },
      {
        path: `${FOLDER}/backchannel-logout`,
        methods: ['POST'],
        for: 'anyone',
        reason: 'openid-logout',
        respond: request => endSessions({ signIn, login, report }, request),
      },
    ],
  }
}

interface Context {
  readonly signIn: ProviderSignIn
  readonly login: Login
  readonly report: (text: string) => void
}

const queryOf = ({ head }: EndpointRequest): URLSearchParams =>
  new URLSearchParams((head.url ?? '').split('?').slice(1).join('?'))

const onlyPages = textResponse(
  400,
  '400 Bad Request: This address is for browsers, which open it as a page. Programs send a token or a password.',
)

/** Redirects to the provider. */
async function start(
  { signIn, login, report }: Context,
  request: EndpointRequest,
): Promise<EndpointResponse> {
  const { head, facts } = request
  const { method = '', headers } = head
  if (requesterOf({ method, headers, upgrade: false }) !== 'sign-in') return onlyPages
  const query = queryOf(request)
  const next = checkNext(query.get('next'), login.look.prefix)
  const { publicUrl } = login
  // The provider redirects to the public address, so the cookie of the attempt must be set there. At most one redirect:
  // a proxy in front may change Host in every request.
  const isElsewhere = publicUrl !== undefined && facts.client.host.toLowerCase() !== publicUrl.host
  if (isElsewhere && !query.has(MOVED)) {
    const path = `${login.look.prefix}${FOLDER}/start?${MOVED}&next=${encodeURIComponent(next)}`
    return seeOther(new URL(path, publicUrl).href)
  }
  const begun = await signIn.begin(next, headers.cookie)
  if ('problem' in begun) return failed({ signIn, login, report }, begun)
  return seeOther(begun.location.href, begun.cookies)
}

/** The callback. It never tries again by itself, because what failed would fail again, for ever. */
async function finish(
  { signIn, login, report }: Context,
  request: EndpointRequest,
): Promise<EndpointResponse> {
  const { cookie } = request.head.headers
  const finished = await signIn.finish(queryOf(request), cookie)
  if ('problem' in finished) return failed({ signIn, login, report }, finished)
  const { user, claims, next, cookies } = finished
  const { sessions, look, publicUrl } = login
  // signing in again replaces the earlier session
  const before = sessionOf(login, request)
  if (before !== undefined) await sessions.end(before)
  const scope = { scheme: publicUrl?.protocol.slice(0, -1) ?? request.facts.client.scheme }
  const session = sessions.issue(user.username, scope, { provider: claims })
  const identity = sessions.decide(session.split(';', 1)[0], scope)
  return {
    ...seeOther(loginAddressAfter(look, next), [session, ...cookies]),
    reason: 'signed-in',
    identity: identity?.ok ? identity : undefined,
  }
}

function failed(
  { signIn, login, report }: Context,
  { problem, cause, cookies }: FailedSignIn,
): EndpointResponse {
  report(cause)
  const page = failedSignInPage(login.look, { problem, name: signIn.name, now: login.now() })
  return { ...page, cookies, reason: `openid-${problem}` }
}

/** OpenID Connect Back-Channel Logout 1.0, section 2.8. */
const rejected: CannedResponse = completeResponse(
  400,
  'application/json',
  `${JSON.stringify({ error: 'invalid_request', error_description: 'The logout token is not valid.' })}\n`,
  {},
)

/** A message of the provider, not of a browser, that somebody has signed out there. */
async function endSessions(
  { signIn, login, report }: Context,
  { form }: EndpointRequest,
): Promise<EndpointResponse> {
  const { provider, clientId } = signIn
  const { sessions, now } = login
  try {
    const token = form.get('logout_token') ?? ''
    const { kind, value, jti, issuedAt } = await verifyLogoutToken(token, { provider, clientId, now })
    if (!(await sessions.takeMessage(jti, issuedAt))) throw new Error('its "jti" was used before')
    const everywhere = await sessions.endOfProvider(kind, value)
    return textResponse(200, everywhere ? 'ok' : 'ok, replicas pending', {
      ...(!everywhere && { 'x-htpasswd-pending': 'replicas' }),
    })
  } catch (error) {
    report(`a logout token was refused: ${(error as Error).message}`)
    return { ...rejected, reason: 'openid-logout-refused' }
  }
}
