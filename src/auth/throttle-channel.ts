// One throttle for several processes: workers ask the process that has it, so that together they get no more attempts
// than one process would.
import type { Admission, Attempt, AttemptLimiter } from './throttle.ts'

/** What a worker sends. */
export type ThrottleRequest =
  | { readonly throttle: 'admit'; readonly id: number; readonly attempt: Attempt }
  | { readonly throttle: 'settle'; readonly id: number; readonly isWrong: boolean }

/** What it gets back. */
export interface ThrottleResponse {
  readonly throttle: 'admission'
  readonly id: number
  readonly admission: Admission
}

const isMessage = (message: unknown): message is { readonly throttle: string } =>
  typeof message === 'object' && message !== null && 'throttle' in message

/** The worker's side: asks over a channel. */
export class RemoteThrottle implements AttemptLimiter {
  readonly #send: (request: ThrottleRequest) => void
  readonly #asked = new Map<number, { attempt: Attempt; resolve: (admission: Admission) => void }>()
  readonly #admitted = new Map<Attempt, number>()
  #lastId = 0

  /** @param send posts a message to the process that has the throttle; throws if the channel is closed. */
  constructor(send: (request: ThrottleRequest) => void) {
    this.#send = send
  }

  admit(attempt: Attempt): Promise<Admission> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { attempt, resolve })
      try {
        this.#send({ throttle: 'admit', id, attempt })
      } catch (error) {
        // without the throttle, no password is verified
        this.#asked.delete(id)
        reject(error)
      }
    })
  }

  /** @param attempt the object that was admitted. */
  settle(attempt: Attempt, failed: boolean): void {
    const id = this.#admitted.get(attempt)
    if (id === undefined) return
    this.#admitted.delete(attempt)
    this.#send({ throttle: 'settle', id, isWrong: failed })
  }

  /** Handles a message of the channel; returns false if it is not for the throttle. */
  receive(message: unknown): boolean {
    if (!isMessage(message)) return false
    const { id, admission } = message as ThrottleResponse
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    if (asked === undefined) return true
    if (typeof admission === 'object' && 'isSuspect' in admission) this.#admitted.set(asked.attempt, id)
    asked.resolve(admission)
    return true
  }
}

/** The side of the process that has the throttle, one for each worker. */
export class ThrottlePeer {
  readonly #limiter: AttemptLimiter
  readonly #send: (response: ThrottleResponse) => void
  readonly #admitted = new Map<number, Attempt>()
  #isClosed = false

  constructor(limiter: AttemptLimiter, send: (response: ThrottleResponse) => void) {
    this.#limiter = limiter
    this.#send = send
  }

  /** Handles a message of the worker; returns false if it is not for the throttle. */
  receive(message: unknown): boolean {
    if (!isMessage(message)) return false
    const request = message as ThrottleRequest
    if (request.throttle === 'admit') void this.#admit(request.id, request.attempt)
    else this.#settle(request.id, request.isWrong)
    return true
  }

  async #admit(id: number, attempt: Attempt): Promise<void> {
    const admission = await this.#limiter.admit(attempt)
    if (typeof admission === 'object' && 'isSuspect' in admission) this.#admitted.set(id, attempt)
    if (this.#isClosed) this.#settle(id, true)
    else this.#send({ throttle: 'admission', id, admission })
  }

  #settle(id: number, failed: boolean): void {
    const attempt = this.#admitted.get(id)
    if (attempt === undefined) return
    this.#admitted.delete(id)
    this.#limiter.settle(attempt, failed)
  }

  /** The worker has ended. Its attempts in flight count as failures, so that a crash does not give free guesses. */
  close(): void {
    this.#isClosed = true
    for (const id of this.#admitted.keys()) this.#settle(id, true)
  }
}
