// Ends what stays open (event streams, WebSockets, long downloads) when its user would no longer be let in.
import type { Exchange } from './exchange.ts'

const LOOK_MILLISECONDS = 1000

/**
 * Exchanges that outlive the moment of their login. A request is checked when it comes; these are asked about again and
 * again, for nothing else tells that a user of theirs has gone.
 */
export class OpenStreams {
  readonly #open = new Set<Exchange>()
  #timer: NodeJS.Timeout | undefined

  /** From now on it is cut when its user has gone; what needs no login stays. */
  add(exchange: Exchange): void {
    if (exchange.identity === undefined) return
    this.#open.add(exchange)
    this.#timer ??= setInterval(this.#look, LOOK_MILLISECONDS).unref()
  }

  delete(exchange: Exchange): void {
    this.#open.delete(exchange)
  }

  readonly #look = (): void => {
    for (const exchange of this.#open) {
      if (exchange.identity?.isCurrent() === false) exchange.revoke()
    }
    if (this.#open.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
