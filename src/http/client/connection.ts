// One connection to the upstream: sends one request at a time, and reads its response as fast as the client accepts it.
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { socketName } from '../../platform/unix-socket.ts'
import { BodySender, type BodySenderEvents } from './body-sender.ts'
import { reasonOf } from './connect-error.ts'
import { IdleTimer } from './idle-timer.ts'
import { ReadBuffer } from './read-buffer.ts'
import type { ParsedHead } from './response-head.ts'
import { ResponseParser, type ResponseSink } from './response-parser.ts'
import {
  allowsReuse,
  type ResponseHandler,
  type UpstreamFailure,
  type UpstreamRequest,
} from './upstream-request.ts'
import { readOnAfterWriteError } from './write-error.ts'

/** How connections are made; one object for all connections of a guard. */
export interface ConnectionOptions {
  readonly target: NetConnectOpts
  readonly tls: boolean
  readonly maxHeadBytes: number
  /**
   * Idle timeout in milliseconds; 0 disables it. It runs only while the upstream must act: accept bytes of the body, or
   * send a response that the client reads. Bytes accepted by the kernel's send buffer count as progress; Linux accepts
   * more only once about a third of that buffer is free, some 1 MB.
   */
  readonly timeout: number
  readonly connectTimeout: number
}

/** The pool that opened a connection, and takes it back when it has no request. */
export interface ConnectionOwner {
  onIdle(connection: UpstreamConnection): void
  onClose(connection: UpstreamConnection): void
}

export class UpstreamConnection implements ResponseSink, BodySenderEvents {
  readonly socket: Socket
  /** The user whose requests it carries. */
  readonly user: string
  /** When its last response ended, on the pool's clock. */
  idleSince = 0
  /** Also `closed` after a switch of protocols, when the socket has been handed over. */
  #state: 'connecting' | 'idle' | 'busy' | 'closed' = 'connecting'
  readonly #owner: ConnectionOwner
  /** The name of a Unix socket, for the log. */
  readonly #where: string | undefined
  readonly #parser: ResponseParser
  readonly #timer: IdleTimer
  readonly #readBuffer = new ReadBuffer()
  #handler: ResponseHandler | undefined
  #body: BodySender | undefined
  /** Whether the client accepts no more of the response for now. */
  #paused = false
  #reusable = false
  #error: NodeJS.ErrnoException | undefined
  /** Whether the TLS handshake is in progress: a failure then is a TLS failure. */
  #handshaking = false

  /** @param dedicated for an upgrade: the socket stays an ordinary stream, which can be handed over. */
  constructor(options: ConnectionOptions, owner: ConnectionOwner, user: string, dedicated: boolean) {
    this.#owner = owner
    this.user = user
    this.#parser = new ResponseParser(this, options.maxHeadBytes)
    this.#timer = new IdleTimer(options.timeout, () => this.#fail({ kind: 'timeout' }))
    const { target, tls, connectTimeout } = options
    this.#where = 'path' in target ? socketName(target.path) : undefined
    const onread = { buffer: this.#readBuffer.next, callback: this.#onRead }
    const socketOptions = dedicated ? target : { ...target, onread }
    this.socket = tls ? connectTls(socketOptions) : connect(socketOptions)
    const connecting = setTimeout(() => this.socket.destroy(), connectTimeout).unref()
    this.socket
      .once(tls ? 'secureConnect' : 'connect', () => {
        clearTimeout(connecting)
        this.#onConnect()
      })
      .on('drain', () => this.#body?.resume())
      .on('error', error => {
        this.#error = error
      })
      .on('end', this.#onEndOfStream)
      .once('close', () => {
        clearTimeout(connecting)
        this.#onClose()
      })
    if (tls) {
      this.socket.once('connect', () => {
        this.#handshaking = true
      })
    }
    if (dedicated) this.socket.on('data', this.#onChunk)
    else readOnAfterWriteError(this.socket)
  }

  /** Sends a request on a connection that has none. */
  start({ method, head, body, chunked, upgrade }: UpstreamRequest, handler: ResponseHandler): void {
    this.#handler = handler
    this.#body = body && new BodySender(this.socket, body, chunked, this)
    this.#reusable = allowsReuse(method, body !== undefined)
    this.#parser.begin(method, upgrade)
    this.socket.write(head, 'latin1')
    if (this.#state === 'connecting') return
    this.#state = 'busy'
    this.#sendBody()
  }

  #onConnect(): void {
    this.#state = 'busy'
    this.#sendBody()
  }

  #sendBody(): void {
    if (this.#body !== undefined) {
      this.#handler?.onReady()
      this.#body.start()
    } else this.onProgress()
  }

  /** Bytes from the client are no activity of the upstream, so a running timer is not restarted. */
  onQueued(): void {
    if (this.#upstreamMustAct) this.#timer.start()
  }

  onProgress(): void {
    if (this.#upstreamMustAct) this.#timer.restart()
    else this.#timer.stop()
  }

  get #upstreamMustAct(): boolean {
    if (this.#state !== 'busy' || this.#paused) return false
    return this.#body === undefined || this.#body.ended || this.socket.writableLength > 0
  }

  readonly #onRead = (length: number, buffer: Uint8Array): boolean => {
    this.#readBuffer.onRead(length)
    return this.#onChunk((buffer as Buffer).subarray(0, length))
  }

  /** @returns whether to read on. */
  readonly #onChunk = (chunk: Buffer): boolean => {
    try {
      this.#parser.push(chunk)
    } catch (error) {
      this.#fail({ kind: 'invalid', cause: (error as Error).message })
      return false
    }
    this.#handler?.onReadComplete()
    this.onProgress()
    return !this.#paused
  }

  onInterim(head: ParsedHead): void {
    this.#handler?.onInterim(head)
  }

  onHead(head: ParsedHead): void {
    this.#handler?.onHead(head)
  }

  onData(bytes: Buffer, start: number, end: number): boolean {
    if (this.#handler?.onData(bytes, start, end) === false && !this.#paused) {
      this.#paused = true
      this.socket.pause()
    }
    return !this.#paused
  }

  /** The client accepts bytes again. */
  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.socket.resume()
    this.onProgress()
  }

  onEnd(): void {
    // after a response that came before the end of the body, the upstream would read the rest of the body as the next
    // request
    const whole = this.#body === undefined || (this.#body.ended && this.socket.writableLength === 0)
    const reusable = whole && this.#reusable && this.#parser.reusable && !this.socket.destroyed
    const handler = this.#release(reusable ? 'idle' : 'closed')
    if (reusable) {
      this.#readBuffer.reset()
      this.resume()
      this.#owner.onIdle(this)
    } else this.socket.destroy()
    handler?.onEnd()
  }

  onSwitch(head: ParsedHead, rest: Buffer): void {
    const handler = this.#release('closed')
    this.socket.off('data', this.#onChunk).off('end', this.#onEndOfStream).pause()
    if (handler === undefined) this.socket.destroy()
    else handler.onSwitch(head, rest, this.socket)
  }

  readonly #onEndOfStream = (): void => {
    try {
      this.#parser.end()
      this.socket.destroy()
    } catch {
      this.#fail(this.#lost)
    }
  }

  /**
   * The upstream closed the connection. If bytes of a head came, it had the request, so the request must not be
   * repeated.
   */
  get #lost(): UpstreamFailure {
    if (this.#parser.hasPartialHead) return { kind: 'invalid', cause: 'the response head is incomplete' }
    return { kind: 'lost', cause: this.#error?.code ?? 'the connection was closed' }
  }

  #onClose(): void {
    if (this.#state !== 'connecting') this.#fail(this.#lost)
    else {
      const cause =
        this.#where === undefined ? reasonOf(this.#error) : `${reasonOf(this.#error)} at ${this.#where}`
      this.#fail({ kind: this.#handshaking ? 'tls' : 'unreachable', cause })
    }
    this.#owner.onClose(this)
  }

  /** Gives the response up. */
  abort(): void {
    this.#release('closed')
    this.socket.destroy()
  }

  #fail(failure: UpstreamFailure): void {
    const handler = this.#release('closed')
    this.socket.destroy()
    handler?.onFailure(failure)
  }

  /** Ends the current request. @returns its handler, for the last call. */
  #release(state: 'idle' | 'closed'): ResponseHandler | undefined {
    const handler = this.#handler
    this.#handler = undefined
    this.#body?.stop()
    this.#body = undefined
    this.#timer.stop()
    this.#state = state
    return handler
  }
}
