// Passes a request up and its response down: streaming both ways, at the pace of the slower side.
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { textResponse } from '../basic/responses.ts'
import type { ResponseHandler, UpstreamFailure } from '../client/connection.ts'
import type { Upstream } from '../client/pool.ts'
import type { ParsedHead } from '../client/response-head.ts'
import type { Admitted } from '../guard/decide.ts'
import type { Exchange } from './exchange.ts'
import type { OpenStreams } from './open-streams.ts'
import { hasBody, lingerAfterResponse } from './request-body.ts'
import type { createRequestHeaders } from './request-headers.ts'
import type { createResponseHeaders } from './response-headers.ts'
import { joinSockets, type UpgradeRequest } from './upgrade.ts'

/** What a reverse proxy is made of. */
export interface ReverseProxyParts {
  readonly upstream: Upstream
  readonly streams: OpenStreams
  readonly requestHeaders: ReturnType<typeof createRequestHeaders>
  readonly responseHeaders: ReturnType<typeof createResponseHeaders>
}

/**
 * Makes the function that forwards an exchange. The answer follows by itself; where the app gives none, a 502 or 504 of
 * the guard's own.
 */
export function createReverseProxy(parts: ReverseProxyParts) {
  return (exchange: Exchange, admitted: Admitted, upgrade?: UpgradeRequest): void =>
    new Relay(parts, exchange, admitted, upgrade).send()
}

const DOWN = textResponse(502, 'The app behind this server is not reachable. Is it running?')
const BROKEN = textResponse(502, 'The app behind this server gave an answer that is not HTTP.')
const LATE = textResponse(504, 'The app behind this server did not answer in time.')
const failures = {
  unreachable: [DOWN, 'upstream-down'],
  lost: [DOWN, 'upstream-down'],
  invalid: [BROKEN, 'upstream-invalid'],
  timeout: [LATE, 'upstream-timeout'],
} as const

/** A body of this size or less is sent in one piece with its head. */
const ONE_PIECE_BYTES = 16 * 1024

/**
 * Text of the same bytes goes out in one piece with the head. Handed to `end`, node:http corks the socket and writes an
 * empty piece behind it, for which both take the long way of a list (writev); corked by us, `write` is one short call,
 * and `end` finds nothing left to send.
 */
function sendWhole(res: ServerResponse, text: string): void {
  const { socket } = res
  socket?.cork()
  res.write(text, 'latin1')
  socket?.uncork()
  res.end()
}

/** One request on its way. */
class Relay implements ResponseHandler {
  readonly #parts: ReverseProxyParts
  readonly #exchange: Exchange
  readonly #admitted: Admitted
  readonly #upgrade: UpgradeRequest | undefined
  #continued = false
  #retried = false
  /** Bytes of the body still to come, where the app gave its length. */
  #left: number | undefined
  #bodyBegan = false
  #waitsForDrain = false

  constructor(
    parts: ReverseProxyParts,
    exchange: Exchange,
    admitted: Admitted,
    upgrade: UpgradeRequest | undefined,
  ) {
    this.#parts = parts
    this.#exchange = exchange
    this.#admitted = admitted
    this.#upgrade = upgrade
  }

  send(): void {
    const { upstream, requestHeaders } = this.#parts
    const { req } = this.#exchange
    const { target } = this.#admitted
    const { method = 'GET' } = req
    let head = `${method} ${target} HTTP/1.1\r\n`
    const headers = requestHeaders(this.#exchange.toHeaderFacts(this.#admitted))
    for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`
    const upgrade = this.#upgrade !== undefined
    if (upgrade) head += `Connection: Upgrade\r\nUpgrade: ${req.headers.upgrade}\r\n`
    const body = hasBody(req) ? req : undefined
    // the framing is written anew from what was parsed, never copied (RFC 9112 section 11.2)
    const chunked = req.headers['transfer-encoding'] !== undefined
    if (chunked) head += 'Transfer-Encoding: chunked\r\n'
    else if (req.headers['content-length'] !== undefined)
      head += `Content-Length: ${req.headers['content-length']}\r\n`
    const connection = upgrade ? upstream.open() : upstream.acquire(this.#retried)
    this.#exchange.attachUpstream(connection)
    connection.start({ method, head: `${head}\r\n`, body, chunked, upgrade }, this)
  }

  onReady(): void {
    if (!this.#exchange.expectsContinue || this.#continued) return
    this.#continued = true
    this.#exchange.res.writeContinue()
  }

  onHead({ status, reason, headers: raw }: ParsedHead): void {
    const { req, res, closes, expectsContinue } = this.#exchange
    const { headers, contentLength } = this.#parts.responseHeaders(raw, this.#admitted.allowedOrigin, status)
    // see Exchange.answer: who was not told to go on must not go on
    if (closes || (expectsContinue && !this.#continued)) headers.push('Connection', 'close')
    if (req.method !== 'HEAD') this.#left = contentLength
    res.writeHead(status, reason, headers)
  }

  onReadEnd(): void {
    // The head goes with the first bytes of the body where they came with it; an event stream's head must not wait.
    const { res } = this.#exchange
    if (!res.headersSent) return
    if (!this.#bodyBegan) res.flushHeaders()
    this.#parts.streams.add(this.#exchange)
  }

  onData(bytes: Buffer, start: number, end: number): boolean {
    const { res } = this.#exchange
    const length = end - start
    this.#exchange.countBytes(length)
    this.#bodyBegan = true
    if (this.#left !== undefined) this.#left -= length
    if (this.#left === 0 && length <= ONE_PIECE_BYTES) {
      sendWhole(res, bytes.toString('latin1', start, end))
      return true
    }
    // the connection reads its next bytes into the same place
    if (res.write(Buffer.from(bytes.subarray(start, end)))) return true
    // one read may bring many chunks
    if (!this.#waitsForDrain) {
      this.#waitsForDrain = true
      res.once('drain', () => {
        this.#waitsForDrain = false
        this.#exchange.resumeUpstream()
      })
    }
    return false
  }

  onEnd(): void {
    const { req, res } = this.#exchange
    this.#exchange.detachUpstream()
    if (!res.writableEnded) res.end()
    lingerAfterResponse(req, res)
  }

  onSwitch({ status, headers: raw }: ParsedHead, socket: Socket, rest: Buffer): void {
    const { res } = this.#exchange
    const upgrade = this.#upgrade as UpgradeRequest
    this.#exchange.detachUpstream()
    const { headers } = this.#parts.responseHeaders(raw, undefined, status)
    const at = raw.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'upgrade')
    headers.push('Connection', 'Upgrade', 'Upgrade', raw[at + 1] ?? this.#exchange.req.headers.upgrade ?? '')
    res.writeHead(101, headers)
    res.flushHeaders()
    joinSockets(res, upgrade, socket, rest)
    this.#parts.streams.add(this.#exchange)
    upgrade.socket.once('close', () => res.emit('close'))
  }

  onFailure(failure: UpstreamFailure): void {
    const { req, res } = this.#exchange
    this.#exchange.detachUpstream()
    if (res.headersSent) {
      // a body that was cut off must not look whole: the client sees the connection break, never a clean end
      this.#exchange.cutResponse('upstream-cut')
      return
    }
    // The connection died in the app's hands, perhaps while it was idle. What changes nothing may be asked again;
    // anything else could be done twice.
    const harmless =
      (req.method === 'GET' || req.method === 'HEAD') && !hasBody(req) && this.#upgrade === undefined
    if (failure === 'lost' && harmless && !this.#retried) {
      this.#retried = true
      this.send()
      return
    }
    const [answer, reason] = failures[failure]
    this.#exchange.respond(answer, reason)
  }
}
