// The common parts of the sign-in page, sign-out and the account page.
import type { AuthResult, Credentials } from '../../auth/auth-result.ts'
import type { AuthContext } from '../../auth/authenticator.ts'
import type { Identity } from '../../auth/identity.ts'
import type { SessionData } from '../../auth/sessions/session-data.ts'
import type { SessionIdentity } from '../../auth/sessions/session-identity.ts'
import type { Sessions } from '../../auth/sessions/sessions.ts'
import { type ByteString, toByteString } from '../../bytes.ts'
import { type CannedResponse, textResponse } from '../basic/responses.ts'
import { type ClientFacts, originOf } from '../guard/client-address.ts'
import type { Endpoint, EndpointRequest } from '../guard/endpoints.ts'
import type { PageLook } from '../pages/parts.ts'
import type { AccountStore } from './account-store.ts'
import { isOwnForm } from './own-form.ts'

/** Signs people in with a page. */
export interface Login {
  readonly sessions: Sessions
  readonly authenticator: {
    decide(
      credentials: Credentials<ByteString> | undefined,
      context: AuthContext,
    ): AuthResult | Promise<AuthResult>
  }
  readonly look: PageLook
  /** The public address, if it is known; for requests to its host, it decides about the cookie. */
  readonly publicUrl: URL | undefined
  /** Undefined if no password can be changed, such as with users of a program's own. */
  readonly store: AccountStore | undefined
  /** An identity provider with which people can sign in as well. */
  readonly external: ExternalSignIn | undefined
  /** The stored hash of a user. */
  readonly storedHashOf: (username: ByteString) => string | undefined
  /** All groups of a user. */
  readonly groupsOf: (identity: Identity) => readonly string[]
  /** Called with errors of a write. */
  readonly onError: (error: unknown) => void
  readonly now: () => number
}

/** A provider with which people can sign in instead of with a password. */
export interface ExternalSignIn {
  /** The provider's name, as people know it. */
  readonly name: string
  /** Asks the provider for its addresses before the first sign-in, and reports a failure. */
  prepare(): void
  /** Whether it could not be reached the last time. */
  isDown(): boolean
  /** The text to which a session of the provider is bound; undefined if the session is over. */
  bindingOf(data: SessionData): string | undefined
  /** The provider's page for a sign-out; undefined if it has none. */
  endSessionUrl(): Promise<URL | undefined>
  /** The rows that it adds to the table of endpoints. */
  endpoints(login: Login): readonly Endpoint[]
}

/** The scheme by which the client reaches the guard: a proxy in front may use https although the guard gets http. */
export const scopeOf = ({ publicUrl }: Pick<Login, 'publicUrl'>, client: ClientFacts): { scheme: string } =>
  publicUrl !== undefined && client.host.toLowerCase() === publicUrl.host
    ? { scheme: publicUrl.protocol.slice(0, -1) }
    : client

/** The session of a request; undefined for none and for one that is over. */
export function sessionOf(login: Login, { head, facts }: EndpointRequest): SessionIdentity | undefined {
  const result = login.sessions.decide(head.headers.cookie, scopeOf(login, facts.client))
  return result?.ok ? (result as SessionIdentity) : undefined
}

/** Verifies a password that was typed into a form; it counts in the throttle of all passwords. */
export const verifyPassword = (
  { authenticator }: Login,
  username: string | ByteString,
  password: string,
  { facts }: EndpointRequest,
): AuthResult | Promise<AuthResult> =>
  authenticator.decide(
    { username: toByteString(username), password: toByteString(password) },
    { address: facts.client.address },
  )

const foreignForm = textResponse(
  403,
  '403 Forbidden: This form did not come from a page of this server, or a proxy in between changes Host and removes Origin. Open the page again and send the form from there.',
)

/** The response to a form that did not come from one of our own pages; undefined for one that did. */
export function rejectForeignForm(
  { publicUrl }: Login,
  request: EndpointRequest,
): CannedResponse | undefined {
  const { head, facts } = request
  const own = [originOf(facts.client), ...(publicUrl === undefined ? [] : [publicUrl.origin])]
  return isOwnForm(head.headers, own) ? undefined : foreignForm
}

/** A redirect after a form; `GET` follows it (RFC 9110 section 15.4.4). */
export const seeOther = (location: string, cookies: readonly string[] = []): CannedResponse => ({
  ...textResponse(303, 'See the address in Location.', { location, 'referrer-policy': 'same-origin' }),
  cookies,
})
