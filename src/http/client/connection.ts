// One connection to the app: sends one request at a time, and reads its response as fast as the client takes it.
import type { IncomingMessage } from 'node:http'
import { connect as connectTcp, type Socket, type TcpNetConnectOpts } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ParsedHead } from './response-head.ts'
import { ResponseParser, type ResponseSink } from './response-parser.ts'
import { readOnAfterWriteError } from './write-error.ts'

/** A request as it goes over the wire. */
export interface UpstreamRequest {
  readonly method: string
  /** Request line and headers, with the empty line, in Latin-1. */
  readonly head: string
  /** The client's request, where it has a body. */
  readonly body: IncomingMessage | undefined
  /** Whether the body goes in chunks, for its length is not known. */
  readonly chunked: boolean
  /** Whether the app may switch protocols. */
  readonly upgrade: boolean
}

/** Why there is no response, or no whole one. */
export type UpstreamFailure = 'unreachable' | 'lost' | 'timeout' | 'invalid'

/** Who gets the response. After `onEnd`, `onSwitch` or `onFailure` nothing more comes. */
export interface ResponseHandler {
  /** The app can take the body now. */
  onReady(): void
  onHead(head: ParsedHead): void
  /** All that one read brought has been told, and the response is not over. */
  onReadEnd(): void
  /** False stops the reading until `resume`. The bytes are the reader's again after the call. */
  onData(bytes: Buffer, start: number, end: number): boolean
  onEnd(): void
  onSwitch(head: ParsedHead, socket: Socket, rest: Buffer): void
  onFailure(failure: UpstreamFailure): void
}

/** How connections are made; one object for all of a guard's. */
export interface ConnectionOptions {
  readonly target: TcpNetConnectOpts
  readonly tls: boolean
  readonly maxHeadBytes: number
  /**
   * Milliseconds without a byte either way while it is the app's turn; 0 is for ever. What the system's buffers take
   * counts as taken, and they take more only when about a third of them is free, some 1 MB on Linux.
   */
  readonly timeout: number
  readonly connectTimeout: number
}

/** What happens to a connection when it has no request: back to the pool, or gone. */
export interface ConnectionOwner {
  onIdle(connection: UpstreamConnection): void
  onGone(connection: UpstreamConnection): void
}

// A buffer of its own for each connection, small, for there may be a thousand event streams. One that is filled says
// that a long body comes: until its end a longer one takes its place.
const READ_BYTES = 16 * 1024
const LONG_READ_BYTES = 128 * 1024

export class UpstreamConnection implements ResponseSink {
  readonly socket: Socket
  /** When it was last in use; the pool's. */
  idleSince = 0
  readonly #options: ConnectionOptions
  readonly #owner: ConnectionOwner
  readonly #parser: ResponseParser
  #request: UpstreamRequest | undefined
  #handler: ResponseHandler | undefined
  #connected = false
  #bodySent = true
  #flowing = true
  #silence: NodeJS.Timeout | undefined
  #readBytes = 0
  #wantedBytes = READ_BYTES

  /** @param dedicated for an upgrade: the socket must stay a stream that can be handed on. */
  constructor(options: ConnectionOptions, owner: ConnectionOwner, dedicated: boolean) {
    this.#options = options
    this.#owner = owner
    this.#parser = new ResponseParser(this, options.maxHeadBytes)
    const onread = { buffer: this.#nextBuffer, callback: this.#onRead }
    const target = dedicated ? options.target : { ...options.target, onread }
    const connecting = setTimeout(() => this.socket.destroy(), options.connectTimeout)
    connecting.unref()
    this.socket = options.tls ? connectTls(target) : connectTcp(target)
    if (dedicated) this.socket.on('data', this.#onChunk)
    else readOnAfterWriteError(this.socket)
    this.socket.once(options.tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(connecting)
      this.#connected = true
      this.#ready()
    })
    this.socket.on('drain', () => this.#request?.body?.resume())
    this.socket.on('error', () => {})
    this.socket.on('end', this.#onEndOfStream)
    this.socket.once('close', () => {
      clearTimeout(connecting)
      this.#fail(this.#connected ? 'lost' : 'unreachable')
      owner.onGone(this)
    })
  }

  /** Sends a request; the connection must have none. */
  start(request: UpstreamRequest, handler: ResponseHandler): void {
    this.#request = request
    this.#handler = handler
    this.#bodySent = request.body === undefined
    this.#flowing = true
    this.#parser.begin(request.method, request.upgrade)
    this.socket.write(request.head, 'latin1')
    if (this.#connected) this.#ready()
  }

  /** The client takes bytes again. */
  resume(): void {
    if (this.#flowing) return
    this.#flowing = true
    this.socket.resume()
    this.#expect()
  }

  /** The response is no longer wanted. */
  abort(): void {
    this.#handler = undefined
    this.#stopBody()
    this.socket.destroy()
  }

  #ready(): void {
    const { body } = this.#request ?? {}
    if (body === undefined) {
      this.#expect()
      return
    }
    this.#handler?.onReady()
    body.on('data', this.#onBodyChunk)
    body.once('end', this.#onBodyEnd)
  }

  readonly #onBodyChunk = (chunk: Buffer): void => {
    const { socket } = this
    const { chunked, body } = this.#request as UpstreamRequest
    if (chunked) {
      socket.cork()
      socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
      socket.write(chunk)
      socket.write('\r\n', 'latin1', this.#onBodyTaken)
      socket.uncork()
    } else {
      socket.write(chunk, this.#onBodyTaken)
    }
    if (socket.writableNeedDrain) body?.pause()
    // more from the client is no sign of the app: a time that runs goes on
    if (this.#silence === undefined) this.#expect()
  }

  readonly #onBodyTaken = (): void => this.#expect()

  readonly #onBodyEnd = (): void => {
    // a body that was cut off has no end: its request is aborted, and the app sees a broken one
    if (this.#request?.chunked) this.socket.write('0\r\n\r\n', 'latin1')
    this.#stopBody()
    this.#bodySent = true
    this.#expect()
  }

  #stopBody(): void {
    this.#request?.body?.off('data', this.#onBodyChunk).off('end', this.#onBodyEnd)
  }

  /** Called before each read: nothing keeps the buffer there is. */
  readonly #nextBuffer = (): Buffer => {
    if (this.#wantedBytes === this.#readBytes) return undefined as never
    this.#readBytes = this.#wantedBytes
    return Buffer.allocUnsafeSlow(this.#readBytes)
  }

  readonly #onRead = (length: number, buffer: Uint8Array): boolean => {
    if (length === buffer.length) this.#wantedBytes = LONG_READ_BYTES
    return this.#onChunk((buffer as Buffer).subarray(0, length))
  }

  readonly #onChunk = (chunk: Buffer): boolean => {
    try {
      this.#parser.push(chunk)
    } catch {
      // the parser's word stays here: what an app sends may be anything
      this.#fail('invalid')
      this.socket.destroy()
      return false
    }
    this.#handler?.onReadEnd()
    this.#expect()
    return this.#flowing
  }

  readonly #onEndOfStream = (): void => {
    try {
      this.#parser.end()
    } catch {
      this.#fail('lost')
    }
    this.socket.destroy()
  }

  onHead(head: ParsedHead): void {
    this.#handler?.onHead(head)
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.#handler?.onData(bytes, start, end) === false && this.#flowing) {
      this.#flowing = false
      this.socket.pause()
    }
  }

  onEnd(): void {
    const handler = this.#handler
    this.#handler = undefined
    this.#stopBody()
    this.#expect()
    // an answer before the end of the body: the rest would be taken for the next request
    const whole = this.#bodySent && this.socket.writableLength === 0
    const idle = whole && this.#parser.reusable && !this.socket.destroyed
    this.#request = undefined
    this.#wantedBytes = READ_BYTES
    if (!this.#flowing) {
      this.#flowing = true
      this.socket.resume()
    }
    if (idle) this.#owner.onIdle(this)
    else this.socket.destroy()
    handler?.onEnd()
  }

  onSwitch(head: ParsedHead, rest: Buffer): void {
    const handler = this.#handler
    this.#handler = undefined
    this.#request = undefined
    this.#expect()
    this.socket.off('data', this.#onChunk).off('end', this.#onEndOfStream)
    this.socket.pause()
    if (handler === undefined) this.socket.destroy()
    else handler.onSwitch(head, this.socket, rest)
  }

  #fail(failure: UpstreamFailure): void {
    const handler = this.#handler
    this.#handler = undefined
    this.#stopBody()
    this.#expect()
    handler?.onFailure(failure)
  }

  /** Whether it is the app's turn: to take bytes that wait for it, or to answer a client that takes the answer. */
  get #awaitsApp(): boolean {
    return this.#handler !== undefined && this.#flowing && (this.#bodySent || this.socket.writableLength > 0)
  }

  /** Sets the timer of silence anew, for something has moved. */
  #expect(): void {
    const { timeout } = this.#options
    if (timeout === 0) return
    clearTimeout(this.#silence)
    this.#silence = undefined
    if (!this.#awaitsApp) return
    this.#silence = setTimeout(() => {
      this.#fail('timeout')
      this.socket.destroy()
    }, timeout)
    this.#silence.unref()
  }
}
