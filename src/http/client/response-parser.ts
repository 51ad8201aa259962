// Parses the responses on one connection (RFC 9112), strictly: what two parsers could read differently is an error.
import { bodyFraming } from './body-framing.ts'
import { PendingBytes } from './pending-bytes.ts'
import {
  CONTROL,
  checkPartialHead,
  lineEnd,
  type ParsedHead,
  ProtocolError,
  parseHead,
} from './response-head.ts'

/** Receives what was parsed. `onEnd` and `onSwitch` are final. */
export interface ResponseSink {
  /** An interim response, such as 103 Early Hints; any number of them come before the head. */
  onInterim(head: ParsedHead): void
  onHead(head: ParsedHead): void
  /**
   * A part of the body, from `start` to `end`. The buffer is reused after the call.
   *
   * @returns false to pause reading; what was read already still comes.
   */
  onData(bytes: Buffer, start: number, end: number): boolean
  onEnd(): void
  /** The connection has left HTTP; its first bytes are `rest`. */
  onSwitch(head: ParsedHead, rest: Buffer): void
}

type State =
  | 'idle'
  | 'head'
  | 'content-length'
  | 'chunk-size'
  | 'chunk'
  | 'chunk-end'
  | 'trailers'
  | 'until-close'
  | 'switched'

const HEAD_END = Buffer.from('\r\n\r\n')
const LF = 0x0a
// chunk = chunk-size [ chunk-ext ] CRLF   (RFC 9112 section 7.1; old servers pad the size with spaces)
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/
const MAX_LINE_BYTES = 8192

/** The parser of one connection: `begin` announces a request, `push` and `end` are what the connection brought. */
export class ResponseParser {
  readonly #sink: ResponseSink
  readonly #maxHeadBytes: number
  readonly #pending = new PendingBytes()
  #state: State = 'idle'
  #method = ''
  #upgrade: string | undefined
  #remaining = 0
  #trailerBytes = 0
  #keepAlive = false
  #headStarted = false

  constructor(sink: ResponseSink, maxHeadBytes: number) {
    this.#sink = sink
    this.#maxHeadBytes = maxHeadBytes
  }

  /**
   * A request was sent, so its response may arrive next. @param upgrade the protocol that the upstream may switch to,
   * in lower case.
   */
  begin(method: string, upgrade: string | undefined): void {
    this.#state = 'head'
    this.#method = method
    this.#upgrade = upgrade
    this.#headStarted = false
  }

  /** Whether the connection can be reused: the response is complete, and the upstream keeps the connection open. */
  get reusable(): boolean {
    return this.#state === 'idle' && this.#keepAlive
  }

  /** Whether bytes of a response have arrived, but not its whole head. */
  get hasPartialHead(): boolean {
    return this.#state === 'head' && this.#headStarted
  }

  /** @throws ProtocolError; the connection cannot be used after that. */
  push(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) {
      switch (this.#state) {
        case 'head':
          at = this.#readHead(bytes, at)
          break
        case 'content-length':
        case 'chunk':
          at = this.#readData(bytes, at)
          break
        case 'until-close':
          this.#sink.onData(bytes, at, bytes.length)
          return
        case 'chunk-size':
        case 'chunk-end':
        case 'trailers':
          at = this.#readLine(bytes, at)
          break
        default:
          throw new ProtocolError('bytes after the end of the response')
      }
    }
  }

  /** The connection has ended. @throws ProtocolError for an incomplete response. */
  end(): void {
    if (this.#state === 'until-close') this.#finish()
    else if (this.#state !== 'idle' && this.#state !== 'switched')
      throw new ProtocolError('the response is incomplete')
  }

  #readHead(bytes: Buffer, at: number): number {
    this.#headStarted = true
    // most heads arrive in one read and are parsed where they are
    const before = this.#pending.length
    const start = before === 0 ? at : 0
    const buffer = before === 0 ? bytes : this.#pending.append(bytes, at, bytes.length)
    const searchFrom = Math.max(start, before - HEAD_END.length + 1)
    const end = buffer.indexOf(HEAD_END, searchFrom)
    if ((end === -1 ? buffer.length : end) - start > this.#maxHeadBytes)
      throw new ProtocolError('the response head is too long')
    if (end === -1) {
      checkPartialHead(buffer, start, searchFrom)
      if (before === 0) this.#pending.append(bytes, at, bytes.length)
      return bytes.length
    }
    this.#pending.clear()
    // the end of the head as an offset in `bytes`
    const next = at + (end + HEAD_END.length - start) - before
    const { head, minor } = parseHead(buffer.toString('latin1', start, end))
    if (head.status === 101) {
      this.#checkSwitch(head)
      this.#state = 'switched'
      this.#keepAlive = false
      this.#sink.onSwitch(head, Buffer.from(bytes.subarray(next)))
      return bytes.length
    }
    if (head.status < 200) {
      this.#sink.onInterim(head)
      return next
    }
    const { state, length, keepAlive } = bodyFraming(head, minor, this.#method)
    this.#state = state
    this.#remaining = length
    this.#keepAlive = keepAlive
    const empty = state === 'content-length' && length === 0
    this.#sink.onHead(head)
    if (empty) this.#finish()
    return next
  }

  /** RFC 9110 section 7.8: the upstream may switch only to a protocol that was requested, and has to name it. */
  #checkSwitch({ headers }: ParsedHead): void {
    if (this.#upgrade === undefined) throw new ProtocolError('a switch of protocols that was not requested')
    const named = headers.filter((_, i) => i % 2 === 1 && headers[i - 1]?.toLowerCase() === 'upgrade')
    if (named.length !== 1 || named[0]?.toLowerCase() !== this.#upgrade)
      throw new ProtocolError('a switch to a protocol that was not requested')
  }

  #readData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#remaining)
    this.#remaining -= end - at
    const complete = this.#remaining === 0
    this.#sink.onData(bytes, at, end)
    if (complete && this.#state === 'chunk') this.#state = 'chunk-end'
    else if (complete) this.#finish()
    return end
  }

  #readLine(bytes: Buffer, at: number): number {
    const lf = bytes.indexOf(LF, at)
    const end = lf === -1 ? bytes.length : lf + 1
    if (this.#pending.length + end - at > MAX_LINE_BYTES)
      throw new ProtocolError('a line of the chunked body is too long')
    if (lf === -1) {
      this.#pending.append(bytes, at, end)
      return end
    }
    let text = bytes.toString('latin1', at, end)
    if (this.#pending.length > 0) text = this.#pending.append(bytes, at, end).toString('latin1')
    this.#pending.clear()
    if (CONTROL.test(text) || lineEnd(text, 0) !== text.length - 2)
      throw new ProtocolError('a line of the chunked body does not end with CRLF, or has control characters')
    this.#takeLine(text.slice(0, -2))
    return end
  }

  #takeLine(line: string): void {
    if (this.#state === 'chunk-size') {
      const size = CHUNK_SIZE.exec(line)?.[1]
      if (size === undefined) throw new ProtocolError('a chunk without a size')
      this.#remaining = Number.parseInt(size, 16)
      this.#state = this.#remaining === 0 ? 'trailers' : 'chunk'
      this.#trailerBytes = 0
    } else if (this.#state === 'chunk-end') {
      if (line !== '') throw new ProtocolError('a chunk is longer than its size')
      this.#state = 'chunk-size'
    } else if (line === '') {
      this.#finish()
    } else {
      // trailers are dropped: they could smuggle fields that are not allowed there (RFC 9110 section 6.5.1)
      this.#trailerBytes += line.length
      if (this.#trailerBytes > this.#maxHeadBytes) throw new ProtocolError('the trailers are too long')
    }
  }

  #finish(): void {
    this.#state = 'idle'
    this.#sink.onEnd()
  }
}
