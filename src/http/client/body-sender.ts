// Sends the body of one request, as fast as the upstream accepts it.
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'

/** The events of a `BodySender`, for its connection. */
export interface BodySenderEvents {
  /** Bytes of the body wait for the upstream. */
  onQueued(): void
  /** The kernel's send buffer accepted bytes, or the body has ended. */
  onProgress(): void
}

export class BodySender {
  readonly #socket: Socket
  readonly #body: Readable
  readonly #chunked: boolean
  readonly #events: BodySenderEvents
  #ended = false

  /** @param chunked whether the body is framed in chunks (RFC 9112 section 7.1), because its length is unknown. */
  constructor(socket: Socket, body: Readable, chunked: boolean, events: BodySenderEvents) {
    this.#socket = socket
    this.#body = body
    this.#chunked = chunked
    this.#events = events
  }

  /** Whether the whole body was written, even if the kernel has not accepted all of it yet. */
  get ended(): boolean {
    return this.#ended
  }

  start(): void {
    this.#body.on('data', this.#onData)
    this.#body.once('end', this.#onEnd)
  }

  /** The upstream accepts bytes again. */
  resume(): void {
    this.#body.resume()
  }

  stop(): void {
    this.#body.off('data', this.#onData).off('end', this.#onEnd)
  }

  readonly #onData = (chunk: Buffer): void => {
    const socket = this.#socket
    if (this.#chunked) {
      socket.cork()
      socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
      socket.write(chunk)
      socket.write('\r\n', 'latin1', this.#onTaken)
      socket.uncork()
    } else {
      socket.write(chunk, this.#onTaken)
    }
    if (socket.writableNeedDrain) this.#body.pause()
    this.#events.onQueued()
  }

  readonly #onTaken = (): void => this.#events.onProgress()

  readonly #onEnd = (): void => {
    // 'end' means complete: a body that the client cut off emits none, so the upstream never sees a last chunk
    if (this.#chunked) this.#socket.write('0\r\n\r\n', 'latin1')
    this.stop()
    this.#ended = true
    this.#events.onProgress()
  }
}
