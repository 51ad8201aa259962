// The account page: who is signed in, a new password, tokens.
import type { AuthResult } from '../../auth/auth-result.ts'
import type { Identity } from '../../auth/identity.ts'
import { SessionIdentity } from '../../auth/sessions/session-identity.ts'
import { HtpasswdError } from '../../errors.ts'
import { identify } from '../../hash/registry.ts'
import { isServiceAccount } from '../../hash/service-account.ts'
import type { EndpointRequest, EndpointResponse } from '../guard/endpoints.ts'
import { type AccountView, accountPage, TOKEN_DAYS, type TokenView } from '../pages/account-page.ts'
import { texts } from '../pages/texts.ts'
import type { AccountStore, TokenStore } from './account-store.ts'
import { type Login, rejectForeignForm, scopeOf, verifyPassword } from './login.ts'
import { maxPasswordBytes, problemOf } from './new-password.ts'

/** The result of a form, as the page shows it. */
type Outcome = Pick<AccountView, 'status'> & Partial<AccountView>

/** GET: the page. */
export const showAccount = (login: Login, request: EndpointRequest): Promise<EndpointResponse> =>
  render(login, request, { status: 200 })

/**
 * POST: makes the change of the form, if the current password is right. A user without a password here can only revoke
 * tokens.
 */
export async function changeAccount(login: Login, request: EndpointRequest): Promise<EndpointResponse> {
  const foreign = rejectForeignForm(login, request)
  if (foreign !== undefined) return { ...foreign, reason: 'cross-site' }
  return render(login, request, await perform(login, request))
}

/** The id of the field with the current password: each form has its own, because ids of a page must differ. */
const currentField: ReadonlyMap<string, string> = new Map([
  ['password', 'current'],
  ['create-token', 'create-current'],
  ['revoke-token', 'revoke-current'],
])

const failed = (status: number, text: string): Outcome => ({ status, notice: { kind: 'error', text } })

async function perform(login: Login, request: EndpointRequest): Promise<Outcome> {
  const { form } = request
  const identity = request.identity as Identity
  const text = texts[login.look.lang]
  const action = form.get('action') ?? ''
  const field = currentField.get(action)
  const { store } = login
  if (store === undefined)
    return failed(400, text.account.noFile.replace('{contact}', login.look.contact ?? text.defaultContact))
  if (field === undefined) return failed(400, text.account.wrong)
  if (!hasPassword(login, identity)) {
    const canRevoke = action === 'revoke-token' && store.tokens !== undefined
    return canRevoke
      ? revokeTokens({ login, request, identity }, store.tokens)
      : failed(
          400,
          text.account.noPassword.replace('{name}', () => login.external?.name ?? ''),
        )
  }
  const stored = login.storedHashOf(identity.username)
  const current = form.get(field) ?? ''
  const result = await verifyPassword(login, identity.username, current, request)
  if (!result.ok) return refusalOf(login, result)
  if (stored === undefined || result.username !== identity.username) return failed(409, text.account.wrong)
  const change = { login, request, identity, store, stored, current }
  try {
    if (action === 'password') return await changePassword(change)
    if (store.tokens === undefined) return failed(400, text.account.wrong)
    return await (action === 'create-token' ? createToken : revokeTokens)(change, store.tokens)
  } catch (error) {
    if (!(error instanceof HtpasswdError)) throw error
    login.onError(error)
    const contact = login.look.contact ?? text.defaultContact
    return failed(500, text.account.notSaved.replace('{contact}', contact))
  }
}

function refusalOf({ look }: Login, { status, retryAfter = 1 }: AuthResult & { ok: false }): Outcome {
  const { account, login } = texts[look.lang]
  const byStatus = {
    401: account.wrong,
    429: login.throttled.replace('{seconds}', String(retryAfter)),
    500: login.fault,
    503: login.busy,
  }
  return failed(status, byStatus[status])
}

/** A form whose current password was right. */
interface Change {
  readonly login: Login
  readonly request: EndpointRequest
  readonly identity: Identity
  readonly store: AccountStore
  /** The hash that the current password was verified against. */
  readonly stored: string
  readonly current: string
}

async function changePassword({
  login,
  request,
  identity,
  store,
  stored,
  current,
}: Change): Promise<Outcome> {
  const { form, facts } = request
  const text = texts[login.look.lang].account
  const isBcrypt = identify(stored)?.format === 'bcrypt'
  const password = form.get('next') ?? ''
  const repeated = form.get('repeat') ?? ''
  const words = [identity.user, login.look.realm]
  const problem = await problemOf(password, { repeated, current, isBcrypt, words })
  if (problem !== undefined)
    return failed(422, text.problems[problem].replace('{max}', String(maxPasswordBytes(isBcrypt))))
  if (!(await store.setPassword(identity.username, stored, password))) return failed(409, text.wrong)
  const done: Outcome = { status: 200, notice: { kind: 'done', text: text.changed } }
  if (!(identity instanceof SessionIdentity)) return done
  // the cookie was bound to the old hash
  const { staysSignedIn } = identity.session
  const scope = scopeOf(login, facts.client)
  return { ...done, cookies: [login.sessions.issue(identity.username, scope, { staysSignedIn })] }
}

async function createToken({ login, request, identity }: Change, tokens: TokenStore): Promise<Outcome> {
  const { form } = request
  const name = (form.get('name') ?? '').trim()
  if (name === '' || [...name].length > 64 || /[\p{Cc}\p{Cs}]/u.test(name))
    return failed(422, texts[login.look.lang].account.badName)
  const days = TOKEN_DAYS.find(offered => String(offered) === form.get('days')) ?? TOKEN_DAYS[0]
  const scope = form.get('scope') === 'all' ? 'all' : 'read'
  const token = await tokens.create(identity.user, { name, days, scope }, login.now())
  return { status: 200, created: { name, token } }
}

async function revokeTokens(
  { login, request, identity }: Pick<Change, 'login' | 'request' | 'identity'>,
  tokens: TokenStore,
): Promise<Outcome> {
  await tokens.revoke(identity.username, request.form.getAll('id'))
  return { status: 200, notice: { kind: 'done', text: texts[login.look.lang].account.revoked } }
}

/** Users of an identity provider may have none: `ann@example.com:*`, or no line at all. */
function hasPassword({ storedHashOf }: Login, identity: Identity): boolean {
  if (!(identity instanceof SessionIdentity) || identity.session.provider === undefined) return true
  const stored = storedHashOf(identity.username)
  return stored !== undefined && !isServiceAccount(stored)
}

async function render(login: Login, request: EndpointRequest, outcome: Outcome): Promise<EndpointResponse> {
  const identity = request.identity as Identity
  const session = identity instanceof SessionIdentity ? identity.session : undefined
  return accountPage(login.look, {
    user: identity.user,
    groups: login.groupsOf(identity),
    ...(session !== undefined && {
      signedInAt: session.signedInAt,
      endsAt: login.sessions.absoluteEnd(session),
    }),
    signsInWith: hasPassword(login, identity) ? undefined : login.external?.name,
    hasFile: login.store !== undefined,
    canChange: (await login.store?.isWritable()) ?? false,
    tokens: await tokensOf(login, identity),
    now: login.now(),
    ...outcome,
  })
}

async function tokensOf({ store }: Login, { username }: Identity): Promise<TokenView[] | undefined> {
  const records = await store?.tokens?.list(username)
  return records?.map(({ id, name, scope, expires }) => ({
    id,
    name,
    scope,
    expires: expires === undefined ? undefined : expires * 1000,
  }))
}
