// Reads an app's responses out of the bytes of a connection (RFC 9112), strictly: what is doubtful is an error.
import { CONTROL, lineEnd, type ParsedHead, ProtocolError, parseHead } from './response-head.ts'

/** Who is told what was read. */
export interface ResponseSink {
  onHead(head: ParsedHead): void
  /** A piece of the body, from `start` to `end`; the bytes are the reader's again after the call. */
  onData(bytes: Buffer, start: number, end: number): void
  onEnd(): void
  /** The connection is no longer HTTP; the rest are its first bytes. */
  onSwitch(head: ParsedHead, rest: Buffer): void
}

type State =
  | 'nothing'
  | 'head'
  | 'fixed'
  | 'size'
  | 'chunk'
  | 'chunk-end'
  | 'trailers'
  | 'until-close'
  | 'switched'

const HEAD_END = Buffer.from('\r\n\r\n')
const LF = 0x0a
// chunk = chunk-size [ chunk-ext ] CRLF   (RFC 9112 section 7.1; spaces behind the size are an old habit)
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/
const MAX_LINE_BYTES = 8192

/** One connection's reader; `begin` says what is asked, `push` and `end` what came. */
export class ResponseParser {
  readonly #sink: ResponseSink
  readonly #maxHeadBytes: number
  #state: State = 'nothing'
  #method = ''
  #switches = false
  /** The begin of a head or line whose end has not come. */
  #pending: Buffer | undefined
  #left = 0
  #trailerBytes = 0
  #keepAlive = false

  constructor(sink: ResponseSink, maxHeadBytes: number) {
    this.#sink = sink
    this.#maxHeadBytes = maxHeadBytes
  }

  /** A request goes out: its response is the next thing that may come. */
  begin(method: string, switches: boolean): void {
    this.#state = 'head'
    this.#method = method
    this.#switches = switches
  }

  /** Whether the connection may carry another request: the last response is whole, and nothing speaks against it. */
  get reusable(): boolean {
    return this.#state === 'nothing' && this.#keepAlive
  }

  /** @throws ProtocolError; the connection is then of no use. */
  push(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) {
      switch (this.#state) {
        case 'head':
          at = this.#readHead(bytes, at)
          break
        case 'fixed':
        case 'chunk':
          at = this.#readData(bytes, at)
          break
        case 'until-close':
          this.#sink.onData(bytes, at, bytes.length)
          return
        case 'size':
        case 'chunk-end':
        case 'trailers':
          at = this.#readLine(bytes, at)
          break
        default:
          throw new ProtocolError('bytes behind the end of a response')
      }
    }
  }

  /** The connection has ended. @throws ProtocolError where a response is not whole. */
  end(): void {
    if (this.#state === 'until-close') this.#finish()
    else if (this.#state !== 'nothing' && this.#state !== 'switched')
      throw new ProtocolError('an unfinished response')
  }

  #readHead(bytes: Buffer, at: number): number {
    const before = this.#pending?.length ?? 0
    const all = this.#pending === undefined ? bytes : Buffer.concat([this.#pending, bytes.subarray(at)])
    const start = this.#pending === undefined ? at : 0
    const end = all.indexOf(HEAD_END, start)
    if ((end === -1 ? all.length : end) - start > this.#maxHeadBytes)
      throw new ProtocolError('a head beyond the limit')
    if (end === -1) {
      this.#pending = Buffer.from(all.subarray(start))
      return bytes.length
    }
    this.#pending = undefined
    // how far into `bytes` the head went
    const next = before === 0 ? end + 4 : at + (end + 4 - before)
    const { head, minor } = parseHead(all.toString('latin1', start, end))
    if (head.status === 101) {
      if (!this.#switches) throw new ProtocolError('a switch of protocols that nobody asked for')
      this.#state = 'switched'
      this.#keepAlive = false
      this.#sink.onSwitch(head, Buffer.from(bytes.subarray(next)))
      return bytes.length
    }
    // 100 and 103 come before the response; a proxy may keep those it did not ask for (RFC 9110 section 15.2)
    if (head.status < 200) return next
    this.#frame(head, minor)
    const empty = this.#state === 'fixed' && this.#left === 0
    this.#sink.onHead(head)
    if (empty) this.#finish()
    return next
  }

  /** RFC 9112 section 6.3, with its choices made for the strict side. */
  #frame({ status, headers }: ParsedHead, minor: string): void {
    let length: string | undefined
    let coding: string | undefined
    let connection = ''
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i] as string
      // the three that count have 10, 14 and 17 characters
      if (name.length !== 10 && name.length !== 14 && name.length !== 17) continue
      const lower = name.toLowerCase()
      const value = headers[i + 1] as string
      if (lower === 'connection') connection += `,${value.toLowerCase()}`
      else if (lower === 'content-length') length = length === undefined ? value : `${length},${value}`
      else if (lower === 'transfer-encoding') coding = coding === undefined ? value : `${coding},${value}`
    }
    this.#keepAlive = minor === '1' ? !/,\s*close\b/.test(connection) : /,\s*keep-alive\b/.test(connection)
    if (
      coding !== undefined &&
      (minor === '0' || length !== undefined || coding.toLowerCase() !== 'chunked')
    ) {
      throw new ProtocolError('a body whose end is in doubt')
    }
    if (length !== undefined && !/^\d{1,15}$/.test(length))
      throw new ProtocolError('a length that is no number')
    this.#state = 'fixed'
    this.#left = 0
    if (this.#method === 'HEAD' || status === 204 || status === 304) return
    if (coding !== undefined) this.#state = 'size'
    else if (length !== undefined) this.#left = Number(length)
    else {
      this.#state = 'until-close'
      this.#keepAlive = false
    }
  }

  #readData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left)
    this.#left -= end - at
    const whole = this.#left === 0
    this.#sink.onData(bytes, at, end)
    if (whole && this.#state === 'chunk') this.#state = 'chunk-end'
    else if (whole) this.#finish()
    return end
  }

  #readLine(bytes: Buffer, at: number): number {
    const lf = bytes.indexOf(LF, at)
    const piece = bytes.subarray(at, lf === -1 ? bytes.length : lf + 1)
    const line = this.#pending === undefined ? piece : Buffer.concat([this.#pending, piece])
    if (line.length > MAX_LINE_BYTES) throw new ProtocolError('a line beyond the limit')
    if (lf === -1) {
      this.#pending = Buffer.from(line)
      return bytes.length
    }
    this.#pending = undefined
    const text = line.toString('latin1')
    if (CONTROL.test(text) || lineEnd(text, 0) !== text.length - 2) throw new ProtocolError('a line in doubt')
    this.#takeLine(text.slice(0, -2))
    return lf + 1
  }

  #takeLine(line: string): void {
    if (this.#state === 'size') {
      const size = CHUNK_SIZE.exec(line)?.[1]
      if (size === undefined) throw new ProtocolError('a chunk without a size')
      this.#left = Number.parseInt(size, 16)
      this.#state = this.#left === 0 ? 'trailers' : 'chunk'
      this.#trailerBytes = 0
    } else if (this.#state === 'chunk-end') {
      if (line !== '') throw new ProtocolError('a chunk beyond its size')
      this.#state = 'size'
    } else if (line === '') {
      this.#finish()
    } else {
      // trailers are dropped: what may not stand in a head could hide there (RFC 9110 section 6.5.1)
      this.#trailerBytes += line.length
      if (this.#trailerBytes > this.#maxHeadBytes) throw new ProtocolError('trailers beyond the limit')
    }
  }

  #finish(): void {
    this.#state = 'nothing'
    this.#sink.onEnd()
  }
}
