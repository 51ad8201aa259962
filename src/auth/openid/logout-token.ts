// Logout tokens: a provider says that a user or a session has signed out there (OpenID Connect Back-Channel Logout 1.0).
import type { Provider } from './provider.ts'
import { checkHeader, Refusal, verifySigned } from './signed-token.ts'

/** What a logout token ends: the provider's session if it names one, otherwise all sessions of the user. */
export interface LogoutMessage {
  readonly kind: 'sid' | 'sub'
  readonly value: string
  readonly jti: string
  /** Milliseconds since 1970. */
  readonly issuedAt: number
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const TYPES = new Set([undefined, 'JWT', 'LOGOUT+JWT', 'APPLICATION/LOGOUT+JWT'])
/** Section 2.6 asks for a recent one: an old one may be a replay that is no longer remembered by its `jti`. */
const MAX_AGE_SECONDS = 600

/**
 * Verifies a logout token (section 2.6).
 *
 * @throws Error with the reason, for the log.
 */
export async function verifyLogoutToken(
  token: string,
  {
    provider,
    clientId,
    now,
  }: { readonly provider: Provider; readonly clientId: string; readonly now: () => number },
): Promise<LogoutMessage> {
  checkHeader(token, TYPES)
  const { events, nonce, sid, sub, jti, iat } = await verifySigned(token, provider, {
    audience: clientId,
    requiredClaims: ['iat', 'jti', 'events'],
    maxTokenAge: MAX_AGE_SECONDS,
    currentDate: new Date(now()),
  })
  // an ID token has a nonce, and must not be accepted as a logout token
  if (nonce !== undefined) throw new Refusal('it has a nonce')
  const event = (events as Readonly<Record<string, unknown>> | null)?.[EVENT]
  if (typeof event !== 'object' || event === null) throw new Refusal('its "events" is not about a logout')
  if (typeof jti !== 'string' || jti === '') throw new Refusal('its "jti" is missing')
  const message = { jti, issuedAt: (iat as number) * 1000 }
  if (typeof sid === 'string' && sid !== '') return { ...message, kind: 'sid', value: sid }
  if (typeof sub === 'string' && sub !== '') return { ...message, kind: 'sub', value: sub }
  throw new Refusal('it names neither "sid" nor "sub"')
}
