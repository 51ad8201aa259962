// When a session is over: by its times, or because it was signed out before.
import { HtpasswdError } from '../../errors.ts'
import { EndedList, type EndedSessions, providerId } from './ended-sessions.ts'
import type { SessionData } from './session-data.ts'

const HOUR = 3_600_000
const DEFAULT_IDLE = 12 * HOUR
const DEFAULT_MAX = 7 * 24 * HOUR
/** A cookie is issued again once this part of the idle lifetime has passed. */
const RENEW_AFTER = 0.1
/** How far the clocks of two replicas may differ. */
const CLOCK_TOLERANCE = 60_000
/** The longest session of a user of an identity provider, which may have removed the user without telling. */
const PROVIDER_MAX = 8 * HOUR

/** How long sessions last. */
export interface LifetimeOptions {
  /** How long a session lasts without a request. Default: 12 hours. */
  readonly idleMilliseconds?: number | undefined
  /** The longest lifetime of a session. Default: 7 days. */
  readonly maxMilliseconds?: number | undefined
  /** The store of ended sessions. Default: in this process. */
  readonly ended?: EndedSessions | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

export class SessionLifetime {
  readonly now: () => number
  readonly #idle: number
  readonly #max: number
  readonly #ended: EndedSessions

  /** @throws HtpasswdError `ERR_OPTION` for an invalid lifetime. */
  constructor({
    idleMilliseconds = DEFAULT_IDLE,
    maxMilliseconds = DEFAULT_MAX,
    ended,
    now = Date.now,
  }: LifetimeOptions) {
    for (const [name, value] of Object.entries({ idleMilliseconds, maxMilliseconds })) {
      if (!(Number.isFinite(value) && value > 0))
        throw new HtpasswdError('ERR_OPTION', `"${name}" expected milliseconds above 0, got ${String(value)}`)
    }
    this.now = now
    this.#idle = idleMilliseconds
    this.#max = maxMilliseconds
    this.#ended = ended ?? new EndedList(now)
  }

  /** The absolute end of a session, in milliseconds since 1970. */
  absoluteEnd({ signedInAt, provider }: Pick<SessionData, 'signedInAt' | 'provider'>): number {
    const most = provider === undefined ? Number.POSITIVE_INFINITY : PROVIDER_MAX
    return signedInAt + Math.min(this.#max, most)
  }

  /** The end of a session if its cookie is not issued again. */
  endOf(data: SessionData): number {
    return Math.min(this.absoluteEnd(data), data.issuedAt + this.#idle)
  }

  isAlive(data: SessionData): boolean {
    const now = this.now()
    const isFromTheFuture = Math.max(data.issuedAt, data.signedInAt) > now + CLOCK_TOLERANCE
    return now < this.endOf(data) && !isFromTheFuture && !this.#isSignedOut(data)
  }

  /** Whether the cookie is old enough to be issued again. */
  isDue({ issuedAt }: SessionData): boolean {
    return this.now() - issuedAt >= this.#idle * RENEW_AFTER
  }

  /** Whether an id was ended, for sessions that began until a time. */
  hasEnded(id: string, signedInAt: number): boolean {
    return this.#ended.has(id, signedInAt)
  }

  /** @returns whether every process and replica knows; false if some will learn of it later. */
  async end(id: string, signedInAt: number): Promise<boolean> {
    return this.#ended.add({ id, signedInAt, until: signedInAt + this.#max + CLOCK_TOLERANCE })
  }

  #isSignedOut({ id, signedInAt, provider }: SessionData): boolean {
    if (this.hasEnded(id, signedInAt)) return true
    if (provider === undefined) return false
    const { subject, session } = provider
    if (this.hasEnded(providerId('sub', subject), signedInAt)) return true
    return session !== '' && this.hasEnded(providerId('sid', session), signedInAt)
  }
}
