// Cuts event streams, WebSockets, uploads and downloads when their user no longer has access.
import type { Exchange } from './exchange.ts'

const CHECK_MILLISECONDS = 1000

/**
 * The exchanges that are open at the moment. A request's credentials are checked when it arrives; while it stays open,
 * its user is checked again every second.
 */
export class OpenStreams {
  readonly #open = new Set<Exchange>()
  #timer: NodeJS.Timeout | undefined

  /** Cuts it once its user no longer has access. A request without a login is never cut. */
  add(exchange: Exchange): void {
    if (exchange.identity === undefined) return
    this.#open.add(exchange)
    this.#timer ??= setInterval(this.#check, CHECK_MILLISECONDS).unref()
  }

  delete(exchange: Exchange): void {
    this.#open.delete(exchange)
  }

  readonly #check = (): void => {
    for (const exchange of this.#open) {
      if (exchange.identity?.isCurrent() === false) exchange.revoke()
    }
    if (this.#open.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
