// One list of ended sessions for several processes: a worker tells the main process, which tells the other workers.
import { EndedList, type EndedSession, type EndedSessions } from './ended-sessions.ts'

/** The messages of a worker: that it starts, or that a session was signed out. */
export type SessionRequest =
  | { readonly sessions: 'join' }
  | { readonly sessions: 'end'; readonly session: EndedSession }

/**
 * The messages to a worker: its initial state, sessions signed out elsewhere, and that its own report is known
 * everywhere.
 */
export type SessionMessage =
  | {
      readonly sessions: 'joined'
      readonly secrets: readonly string[]
      readonly ended: readonly EndedSession[]
    }
  | { readonly sessions: 'ended'; readonly session: EndedSession }
  | { readonly sessions: 'done'; readonly id: string; readonly everywhere: boolean }

const isMessage = (message: unknown): message is { readonly sessions: string } =>
  typeof message === 'object' && message !== null && 'sessions' in message

/** The worker's side. */
export class RemoteEndedSessions implements EndedSessions {
  readonly #list: EndedList
  readonly #send: (request: SessionRequest) => void
  readonly #reported = new Map<string, (everywhere: boolean) => void>()
  #onJoined: (secrets: readonly string[]) => void = () => {}

  constructor(now: () => number, send: (request: SessionRequest) => void) {
    this.#list = new EndedList(now)
    this.#send = send
  }

  /** Resolves with the secrets once the list is the same as in the other processes; no request may be served before. */
  join(): Promise<readonly string[]> {
    return new Promise(resolve => {
      this.#onJoined = resolve
      this.#send({ sessions: 'join' })
    })
  }

  has(id: string, signedInAt: number): boolean {
    return this.#list.has(id, signedInAt)
  }

  add(session: EndedSession): Promise<boolean> {
    this.#list.add(session)
    return new Promise(resolve => {
      this.#reported.set(session.id, resolve)
      this.#send({ sessions: 'end', session })
    })
  }

  /** Handles a message; returns false if it is not about sessions. */
  receive(message: unknown): boolean {
    if (!isMessage(message)) return false
    const known = message as SessionMessage
    if (known.sessions === 'joined') {
      for (const session of known.ended) this.#list.add(session)
      this.#onJoined(known.secrets)
    } else if (known.sessions === 'ended') this.#list.add(known.session)
    else {
      this.#reported.get(known.id)?.(known.everywhere)
      this.#reported.delete(known.id)
    }
    return true
  }
}

/** The main process's side. */
export class SessionHub {
  readonly #ended: EndedSessions & Pick<EndedList, 'entries'>
  readonly #secrets: readonly string[]
  readonly #workers = new Set<(message: SessionMessage) => void>()

  /** @param secrets with which the workers sign and verify; the first signs. */
  constructor(ended: EndedSessions & Pick<EndedList, 'entries'>, secrets: readonly string[]) {
    this.#ended = ended
    this.#secrets = secrets
  }

  /**
   * Adds a worker.
   *
   * @returns the function that takes its messages; false for one that is not about sessions. It is closed when the worker has ended.
   */
  connect(send: (message: SessionMessage) => void): { receive(message: unknown): boolean; close(): void } {
    return {
      receive: message => {
        if (!isMessage(message)) return false
        const request = message as SessionRequest
        if (request.sessions === 'join') {
          this.#workers.add(send)
          send({ sessions: 'joined', secrets: this.#secrets, ended: this.#ended.entries() })
        } else void this.#end(request.session, send)
        return true
      },
      close: () => {
        this.#workers.delete(send)
      },
    }
  }

  /** Tells all workers of a session that was signed out in another replica. */
  announce(session: EndedSession): void {
    for (const send of this.#workers) send({ sessions: 'ended', session })
  }

  async #end(session: EndedSession, from: (message: SessionMessage) => void): Promise<void> {
    for (const send of this.#workers) if (send !== from) send({ sessions: 'ended', session })
    const everywhere = await this.#ended.add(session)
    from({ sessions: 'done', id: session.id, everywhere })
  }
}
