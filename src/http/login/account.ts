// The account page: who is signed in, and a new password.

import type { Identity } from '../../auth/identity.ts'
import { SessionIdentity } from '../../auth/sessions/session-identity.ts'
import { HtpasswdError } from '../../errors.ts'
import { identify } from '../../hash/registry.ts'
import type { EndpointRequest, EndpointResponse } from '../guard/endpoints.ts'
import { type AccountView, accountPage } from '../pages/account-page.ts'
import { texts } from '../pages/texts.ts'
import { type Login, rejectForeignForm, scopeOf, verifyPassword } from './login.ts'
import { maxPasswordBytes, problemOf } from './new-password.ts'

/** What became of a form, as the page shows it. */
type Outcome = Pick<AccountView, 'status'> & Partial<AccountView>

/** GET: the page. */
export const showAccount = (login: Login, request: EndpointRequest): Promise<EndpointResponse> =>
  render(login, request, { status: 200 })

/** POST: what the form asks for, if the current password is right. */
export async function changeAccount(login: Login, request: EndpointRequest): Promise<EndpointResponse> {
  const foreign = rejectForeignForm(login, request)
  if (foreign !== undefined) return { ...foreign, reason: 'cross-site' }
  return render(login, request, await perform(login, request))
}

async function perform(login: Login, request: EndpointRequest): Promise<Outcome> {
  const { form } = request
  const identity = request.identity as Identity
  const text = texts[login.look.lang]
  const failed = (status: number, message: string): Outcome => ({
    status,
    notice: { kind: 'error', text: message },
  })
  if (login.store === undefined || form.get('action') !== 'password') return failed(400, text.account.wrong)
  const stored = login.storedHashOf(identity.username)
  const current = form.get('current') ?? ''
  const result = await verifyPassword(login, identity.username, current, request)
  if (!result.ok) {
    const { status, retryAfter = 1 } = result
    const byStatus = {
      401: text.account.wrong,
      429: text.login.throttled.replace('{seconds}', String(retryAfter)),
      500: text.login.fault,
      503: text.login.busy,
    }
    return failed(status, byStatus[status])
  }
  if (stored === undefined || result.username !== identity.username) return failed(409, text.account.notSaved)
  const isBcrypt = identify(stored)?.format === 'bcrypt'
  const password = form.get('next') ?? ''
  const problem = await problemOf(password, {
    repeated: form.get('repeat') ?? '',
    current,
    isBcrypt,
    words: [identity.user, login.look.realm],
  })
  if (problem !== undefined) {
    const max = String(maxPasswordBytes(isBcrypt))
    return failed(422, text.account.problems[problem].replace('{max}', max))
  }
  return save(login, request, stored, password)
}

async function save(
  login: Login,
  { identity, facts }: EndpointRequest,
  stored: string,
  password: string,
): Promise<Outcome> {
  const { look, sessions, store } = login
  const text = texts[look.lang].account
  const { username } = identity as Identity
  try {
    if (!(await store?.setPassword(username, stored, password)))
      return { status: 409, notice: { kind: 'error', text: text.wrong } }
  } catch (error) {
    if (!(error instanceof HtpasswdError)) throw error
    login.onError(error)
    const contact = look.contact ?? texts[look.lang].defaultContact
    return { status: 500, notice: { kind: 'error', text: text.notSaved.replace('{contact}', contact) } }
  }
  const done: Outcome = { status: 200, notice: { kind: 'done', text: text.changed } }
  if (!(identity instanceof SessionIdentity)) return done
  // the cookie was bound to the old hash
  const { staysSignedIn } = identity.session
  return { ...done, cookies: [sessions.issue(username, scopeOf(login, facts.client), { staysSignedIn })] }
}

async function render(login: Login, request: EndpointRequest, outcome: Outcome): Promise<EndpointResponse> {
  const identity = request.identity as Identity
  const session = identity instanceof SessionIdentity ? identity.session : undefined
  return accountPage(login.look, {
    user: identity.user,
    groups: [...new Set([...identity.groups, ...login.groupsOf(identity.user)])],
    ...(session !== undefined && {
      signedInAt: session.signedInAt,
      endsAt: session.signedInAt + login.sessions.maxMilliseconds,
    }),
    canChange: (await login.store?.isWritable()) ?? false,
    now: login.now(),
    ...outcome,
  })
}
