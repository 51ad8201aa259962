// A request that waits for a connection to the upstream, because the limit of open connections is reached.
import type { ResponseHandler, UpstreamRequest } from './upstream-request.ts'

/** A request that was handed over: resumed when its client drains, aborted when the client disconnects. */
export interface UpstreamCall {
  abort(): void
  resume(): void
}

/** What `send` was called with. */
export interface Queued {
  readonly request: UpstreamRequest
  readonly handler: ResponseHandler
  readonly user: string
}

export class QueuedCall implements UpstreamCall, Queued {
  readonly request: UpstreamRequest
  readonly handler: ResponseHandler
  readonly user: string
  readonly #leaveQueue: () => void
  readonly #timer: NodeJS.Timeout
  #call: UpstreamCall | undefined

  constructor({ request, handler, user }: Queued, wait: number, leaveQueue: () => void) {
    this.request = request
    this.handler = handler
    this.user = user
    this.#leaveQueue = leaveQueue
    this.#timer = setTimeout(() => {
      leaveQueue()
      handler.onFailure({ kind: 'overloaded' })
    }, wait).unref()
  }

  start(send: (request: UpstreamRequest, handler: ResponseHandler) => UpstreamCall): void {
    clearTimeout(this.#timer)
    this.#call = send(this.request, this.handler)
  }

  abort(): void {
    clearTimeout(this.#timer)
    this.#leaveQueue()
    this.#call?.abort()
  }

  resume(): void {
    this.#call?.resume()
  }
}
