// Sessions that were signed out before they would have ended: their cookies still verify, so their ids are remembered.
import { createHash } from 'node:crypto'

/**
 * An ended session; or, by `providerId`, all sessions of a user of an identity provider, or one session of the
 * provider.
 */
export interface EndedSession {
  readonly id: string
  /** Sessions of this id that began later have not ended. */
  readonly signedInAt: number
  /** The absolute end of the session, in milliseconds since 1970: until then it has to be remembered. */
  readonly until: number
}

/** A store of ended sessions: `EndedList`, or one that other processes share. */
export interface EndedSessions {
  /** Whether a session was signed out. Synchronous, because it is asked at every request. */
  has(id: string, signedInAt: number): boolean
  /**
   * Remembers a session; this process refuses it from now on.
   *
   * @returns whether all processes and replicas know; false where some will hear of it later.
   */
  add(session: EndedSession): boolean | Promise<boolean>
}

/** The id under which the end of a provider's user (`sub`), session (`sid`) or message (`jti`) is remembered. */
export const providerId = (kind: 'sub' | 'sid' | 'jti', value: string): string =>
  createHash('sha256').update(`${kind}\0${value}`).digest('base64url').slice(0, 22)

/** About ten megabytes. */
const MAX_ENTRIES = 100_000

/**
 * A list of bounded length. When it is full, the sessions that began first are dropped, and all sessions that began as
 * early as these count as ended: their users sign in again, and no ended session becomes valid again.
 */
export class EndedList implements EndedSessions {
  readonly #entries = new Map<string, EndedSession>()
  readonly #max: number
  readonly #now: () => number
  #startsAfter = Number.NEGATIVE_INFINITY

  constructor(now: () => number, max = MAX_ENTRIES) {
    this.#now = now
    this.#max = max
  }

  has(id: string, signedInAt: number): boolean {
    if (signedInAt <= this.#startsAfter) return true
    const entry = this.#entries.get(id)
    return entry !== undefined && signedInAt <= entry.signedInAt
  }

  add(session: EndedSession): boolean {
    if (this.#entries.size >= this.#max) this.#shrink()
    this.#entries.set(session.id, session)
    return true
  }

  /** Whether a session has ended by itself, so that it need not be remembered. */
  isOver({ until }: EndedSession): boolean {
    return until <= this.#now()
  }

  /** The sessions that still have to be remembered: the initial state of a process that starts later. */
  entries(): EndedSession[] {
    return [...this.#entries.values()].filter(session => !this.isOver(session))
  }

  /** Drops the sessions that are over anyway; if that is not enough, half of the others. */
  #shrink(): void {
    const current = this.entries().sort((a, b) => a.signedInAt - b.signedInAt)
    this.#entries.clear()
    const dropped = current.length < this.#max ? 0 : Math.ceil(current.length / 2)
    const lastDropped = current[dropped - 1]
    if (lastDropped !== undefined) this.#startsAfter = Math.max(this.#startsAfter, lastDropped.signedInAt)
    for (const session of current.slice(dropped)) this.#entries.set(session.id, session)
  }
}
