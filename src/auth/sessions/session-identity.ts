// The sender of a request with a session cookie.
import type { ByteString } from '../../bytes.ts'
import type { Identity } from '../identity.ts'
import type { SessionData } from './session-data.ts'

interface SessionState {
  readonly user: string
  readonly expiresAt: number
  readonly isCurrent: () => boolean
  readonly renew: () => string | undefined
}

const NO_GROUPS: readonly string[] = []

/** An identity that a session cookie proves. */
export class SessionIdentity implements Identity {
  readonly ok = true
  readonly kind = 'session'
  readonly scope = 'all'
  readonly user: string
  readonly username: ByteString
  readonly groups: readonly string[]
  readonly session: SessionData
  /** When the session ends if the cookie is not issued again, in milliseconds since 1970. */
  readonly expiresAt: number
  readonly #state: SessionState

  constructor(session: SessionData, state: SessionState) {
    this.user = state.user
    this.username = session.username
    this.groups = session.provider?.groups ?? NO_GROUPS
    this.session = session
    this.expiresAt = state.expiresAt
    this.#state = state
  }

  isCurrent(): boolean {
    return this.#state.isCurrent()
  }

  /** The value of a `Set-Cookie` that continues the session; undefined while the cookie is young, or after a sign-out. */
  renew(): string | undefined {
    return this.#state.renew()
  }
}
