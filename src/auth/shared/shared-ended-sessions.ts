// One list of ended sessions for several replicas. Each decides by its own list, and exchanges it with the others' by the store.
import type { EndedList, EndedSession, EndedSessions } from '../sessions/ended-sessions.ts'
import type { SharedStore } from './store.ts'

type LocalList = EndedSessions & Pick<EndedList, 'entries'>

/** Asks the store never at a request, only at a sign-out and in `exchange`. */
export class SharedEndedSessions implements EndedSessions {
  readonly #local: LocalList
  readonly #store: Pick<SharedStore, 'addEnded' | 'readEnded'>
  readonly #now: () => number
  readonly #unsent = new Map<string, EndedSession>()
  #onEnded: (session: EndedSession) => void = () => {}

  /** @param now milliseconds since 1970. */
  constructor(local: LocalList, store: Pick<SharedStore, 'addEnded' | 'readEnded'>, now: () => number) {
    this.#local = local
    this.#store = store
    this.#now = now
  }

  /** Calls back for each session that another replica ended. */
  onEnded(listener: (session: EndedSession) => void): void {
    this.#onEnded = listener
  }

  has(id: string, signedInAt: number): boolean {
    return this.#local.has(id, signedInAt)
  }

  /** @returns false where the store cannot be asked: the others hear of it once it can. */
  async add(session: EndedSession): Promise<boolean> {
    this.#unsent.set(session.id, session)
    await this.#local.add(session)
    try {
      await this.#store.addEnded([session])
    } catch {
      return false
    }
    this.#unsent.delete(session.id)
    return true
  }

  entries(): EndedSession[] {
    return this.#local.entries()
  }

  /**
   * Reads what the others ended, and sends what they do not know.
   *
   * @param which `all` after the store could not be asked: it may have lost everything, so it gets all of this replica's.
   * @throws Error if the store cannot be asked.
   */
  async exchange(which: 'all' | 'new'): Promise<void> {
    const known = new Set<string>()
    for (const session of await this.#store.readEnded(which)) {
      known.add(session.id)
      if (session.until <= this.#now() || this.#local.has(session.id, session.signedInAt)) continue
      // a list with a file writes on its own
      void this.#local.add(session)
      this.#onEnded(session)
    }
    if (which === 'all')
      for (const session of this.entries()) if (!known.has(session.id)) this.#unsent.set(session.id, session)
    const unsent = [...this.#unsent.values()]
    if (unsent.length === 0) return
    await this.#store.addEnded(unsent)
    for (const { id } of unsent) this.#unsent.delete(id)
  }
}
