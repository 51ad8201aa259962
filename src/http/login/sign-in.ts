// The sign-in page and its form.
import type { AuthResult } from '../../auth/auth-result.ts'
import { toByteString } from '../../bytes.ts'
import type { EndpointRequest, EndpointResponse } from '../guard/endpoints.ts'
import type { Notice } from '../pages/parts.ts'
import { type ProviderButton, type SignInView, signInPage } from '../pages/sign-in-page.ts'
import { texts } from '../pages/texts.ts'
import { type Login, rejectForeignForm, scopeOf, seeOther, sessionOf, verifyPassword } from './login.ts'
import { checkNext } from './next.ts'

/** A parameter of the address after a sign-in, where the browser must have sent the cookie back. */
const SIGNED_IN = 'signed-in'

const queryOf = ({ head }: EndpointRequest): URLSearchParams => {
  const target = head.url ?? ''
  return new URLSearchParams(target.includes('?') ? target.slice(target.indexOf('?') + 1) : '')
}

/** The address after a sign-in: its page checks whether the browser kept the cookie, and redirects further. */
export const loginAddressAfter = ({ prefix }: Login['look'], next: string): string =>
  `${prefix}/.htpasswd/login?${SIGNED_IN}&next=${encodeURIComponent(next)}`

const buttonOf = ({ external }: Login): ProviderButton | undefined =>
  external && { name: external.name, isDown: external.isDown() }

/** GET: the page; or, after a sign-in, the redirect to the requested page. */
export function showSignIn(login: Login, request: EndpointRequest): EndpointResponse {
  const { look, sessions } = login
  const text = texts[look.lang].login
  const query = queryOf(request)
  const next = checkNext(query.get('next'), look.prefix)
  const session = sessions.decide(request.head.headers.cookie, scopeOf(login, request.facts.client))
  const hasSession = session?.ok === true
  if (query.has(SIGNED_IN)) {
    if (hasSession) return seeOther(next)
    const notice = { kind: 'error', text: text.noCookie } as const
    return signInPage(look, { status: 200, next, notice, provider: buttonOf(login) })
  }
  const view: SignInView = { status: 200, next, provider: buttonOf(login) }
  if (hasSession) return signInPage(look, { ...view, user: session.user })
  return signInPage(
    look,
    session === undefined ? view : { ...view, notice: { kind: 'done', text: text.over } },
  )
}

/** POST: signs in. */
export async function signIn(login: Login, request: EndpointRequest): Promise<EndpointResponse> {
  const foreign = rejectForeignForm(login, request)
  if (foreign !== undefined) return { ...foreign, reason: 'cross-site' }
  const { look, sessions } = login
  const { form, facts } = request
  const next = checkNext(form.get('next'), look.prefix)
  const name = form.get('username') ?? ''
  const staysSignedIn = form.get('stay') === 'yes'
  const result = await verifyPassword(login, name, form.get('password') ?? '', request)
  if (!result.ok) {
    const { status, retryAfter } = result
    const page = signInPage(look, {
      status,
      next,
      notice: noticeOf(result, look.lang),
      name: name.slice(0, 255),
      staysSignedIn,
      provider: buttonOf(login),
      headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    })
    const attempted = login.storedHashOf(toByteString(name)) === undefined ? undefined : name
    return { ...page, reason: result.reason, attempted }
  }
  // signing in again replaces the earlier session
  const before = sessionOf(login, request)
  if (before !== undefined) await sessions.end(before)
  const cookie = sessions.issue(result.username, scopeOf(login, facts.client), { staysSignedIn })
  return { ...seeOther(loginAddressAfter(look, next), [cookie]), reason: 'signed-in', identity: result }
}

function noticeOf(refusal: AuthResult & { ok: false }, lang: Login['look']['lang']): Notice {
  const text = texts[lang].login
  const byStatus = {
    401: text.wrong,
    429: text.throttled.replace('{seconds}', String(refusal.retryAfter ?? 1)),
    500: text.fault,
    503: text.busy,
  }
  return { kind: 'error', text: byStatus[refusal.status] }
}
