// Cuts event streams, WebSockets, uploads and downloads when their user no longer has access.
import type { ServerResponse } from 'node:http'
import type { Exchange } from './exchange.ts'

const CHECK_MILLISECONDS = 1000

/** Responses that may stay open for hours: an upgraded connection, or an event stream. */
export type StreamKind = 'websocket' | 'sse'

/** Called for each one that begins; it ends when the response closes. */
export type OnStream = (kind: StreamKind, res: ServerResponse) => void

/**
 * The exchanges in progress. A request's credentials are checked when it arrives; while it stays open, its user is
 * checked again every second.
 */
export class OpenStreams {
  // Every request is added and deleted here. Not a Set: when it grows or shrinks, V8 chains its old table to the new one,
  // so a table of the old generation keeps later exchanges alive until a full collection (a third of a request's CPU).
  readonly #open: Exchange[] = []
  #timer: NodeJS.Timeout | undefined

  /** Watches an exchange, and cuts it once its user no longer has access. A request without a login is never cut. */
  add(exchange: Exchange): void {
    if (exchange.identity === undefined) return
    exchange.openIndex = this.#open.push(exchange) - 1
    this.#timer ??= setInterval(this.#check, CHECK_MILLISECONDS).unref()
  }

  delete(exchange: Exchange): void {
    const { openIndex } = exchange
    if (openIndex === undefined) return
    exchange.openIndex = undefined
    // the last element fills the gap
    const last = this.#open.pop()
    if (last === undefined || last === exchange) return
    this.#open[openIndex] = last
    last.openIndex = openIndex
  }

  readonly #check = (): void => {
    // a copy, because revoking an exchange can remove it from the list at once
    for (const exchange of [...this.#open]) {
      if (!exchange.isCurrent) exchange.revoke()
    }
    if (this.#open.length > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
