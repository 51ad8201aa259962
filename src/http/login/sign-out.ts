// Signing out: the session ends in all tabs and all processes, and its open streams are cut.
import type { SessionIdentity } from '../../auth/sessions/session-identity.ts'
import type { EndpointRequest, EndpointResponse } from '../guard/endpoints.ts'
import { type ProviderSignOut, signedOutPage, signOutPage } from '../pages/sign-out-page.ts'
import { type Login, rejectForeignForm, scopeOf, sessionOf } from './login.ts'

/** GET: the page with the button. */
export const showSignOut = (login: Login, request: EndpointRequest): EndpointResponse =>
  signOutPage(login.look, sessionOf(login, request)?.user)

/** POST: signs out, and deletes the cookie whether it was valid or not. */
export async function signOut(login: Login, request: EndpointRequest): Promise<EndpointResponse> {
  const foreign = rejectForeignForm(login, request)
  if (foreign !== undefined) return { ...foreign, reason: 'cross-site' }
  const session = sessionOf(login, request)
  const everywhere = session === undefined || (await login.sessions.end(session))
  return {
    ...signedOutPage(login.look, everywhere, await providerOf(login, session)),
    cookies: [login.sessions.clear(scopeOf(login, request.facts.client))],
    reason: 'signed-out',
    identity: session,
  }
}

/** A user of a provider is signed out there as well; otherwise its button would sign in again without a question. */
async function providerOf(
  { external }: Login,
  session: SessionIdentity | undefined,
): Promise<ProviderSignOut | undefined> {
  if (external === undefined || session?.session.provider === undefined) return undefined
  const url = await external.endSessionUrl()
  return url && { name: external.name, url: url.href, isDown: external.isDown() }
}
