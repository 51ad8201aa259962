// Forwards a request to the app and its response to the client, streaming both ways at the pace of the slower side. The
// steps of the request are listed at the foot.
import type { Socket } from 'node:net'
import type { Upstream } from '../client/pool.ts'
import type { ParsedHead } from '../client/response-head.ts'
import { allowsReuse, type ResponseHandler, type UpstreamFailure } from '../client/upstream-request.ts'
import type { Admitted } from '../guard/decision.ts'
import type { ErrorResponder } from '../pages/error-responses.ts'
import type { Exchange } from './exchange.ts'
import { failureResponse } from './failure-response.ts'
import type { OnStream } from './open-streams.ts'
import { hasBody, lingerAfterResponse } from './request-body.ts'
import type { RequestHeaderWriter } from './request-headers.ts'
import type { ResponseHeaderWriter } from './response-headers.ts'
import { writeInterim, writeWhole } from './response-writer.ts'
import { type ClientUpgrade, joinSockets } from './upgrade.ts'

/** The parts of a reverse proxy. */
export interface ReverseProxyParts {
  readonly upstream: Upstream
  readonly requestHeaders: RequestHeaderWriter
  readonly responseHeaders: ResponseHeaderWriter
  readonly errorResponse: ErrorResponder
  readonly onStream?: OnStream | undefined
}

/** Makes the function that forwards an exchange. It sends the app's response, or 502, 503 or 504 if there is none. */
export function createReverseProxy(parts: ReverseProxyParts) {
  return (exchange: Exchange, admitted: Admitted, upgrade?: ClientUpgrade): void => {
    const forwarding = new Forwarding(parts, exchange, admitted, upgrade)
    if (upgrade === undefined) forwarding.send()
    else upgrade.readBody(body => forwarding.send(body))
  }
}

/** A body up to this size is written together with its head. */
const ONE_WRITE_BYTES = 16 * 1024

/** One request on its way. */
class Forwarding implements ResponseHandler {
  readonly parts: ReverseProxyParts
  readonly exchange: Exchange
  readonly admitted: Admitted
  readonly upgrade: ClientUpgrade | undefined
  /** Whether the client was told to send its body. */
  #continued = false
  #retried = false
  /** Bytes of the body still to come; undefined if the app did not give its length. */
  #remaining: number | undefined
  #bodyStarted = false
  #waitsForDrain = false

  constructor(
    parts: ReverseProxyParts,
    exchange: Exchange,
    admitted: Admitted,
    upgrade: ClientUpgrade | undefined,
  ) {
    this.parts = parts
    this.exchange = exchange
    this.admitted = admitted
    this.upgrade = upgrade
  }

  /** @param upgradeBody the whole body of a request that came with an upgrade. */
  send(upgradeBody?: Buffer): void {
    const { exchange, upgrade } = this
    const { req } = exchange
    let head = ''
    for (const step of requestSteps) head += step(this)
    head += '\r\n'
    if (upgradeBody !== undefined) head += upgradeBody.toString('latin1')
    const call = this.parts.upstream.send(
      {
        method: req.method ?? 'GET',
        head,
        body: hasBody(req) && upgrade === undefined ? req : undefined,
        chunked: req.headers['transfer-encoding'] !== undefined,
        upgrade: upgrade?.protocol,
      },
      this,
      { user: userOf(exchange), fresh: this.#retried },
    )
    exchange.attachUpstream(call)
  }

  onReady(): void {
    if (!this.exchange.expectsContinue || this.#continued) return
    this.#continued = true
    this.exchange.res.writeContinue()
  }

  onInterim({ status, reason, headers: raw }: ParsedHead): void {
    const { req, res } = this.exchange
    // the guard itself responds to expectations; HTTP/1.0 has no interim responses
    if (status === 100 || req.httpVersion !== '1.1') return
    const { headers } = this.parts.responseHeaders(raw, undefined, status)
    writeInterim(res, status, reason, headers)
  }

  onHead({ status, reason, headers: raw }: ParsedHead): void {
    const { req, res, closes, expectsContinue } = this.exchange
    const { headers, contentLength } = this.parts.responseHeaders(raw, this.admitted.allowedOrigin, status)
    if (req.method !== 'HEAD') this.#remaining = contentLength
    // a client that waits for 100 Continue must not send the body after the final response, where it could be read as a
    // request
    if (closes || (expectsContinue && !this.#continued)) headers.push('Connection', 'close')
    const { responseHeaders } = this.admitted
    if (responseHeaders !== undefined) headers.push(...responseHeaders(status, fieldOf(raw, 'cache-control')))
    res.writeHead(status, reason, headers)
    const { onStream } = this.parts
    if (onStream !== undefined && fieldOf(raw, 'content-type')?.startsWith('text/event-stream'))
      onStream('sse', res)
  }

  onReadComplete(): void {
    // The head is sent together with the first bytes of the body if both came together; the head of an event stream
    // must not wait.
    const { res } = this.exchange
    if (!res.headersSent) return
    if (!this.#bodyStarted) res.flushHeaders()
  }

  onData(bytes: Buffer, start: number, end: number): boolean {
    const { res } = this.exchange
    const length = end - start
    this.exchange.countBytes(length)
    this.#bodyStarted = true
    if (this.#remaining !== undefined) this.#remaining -= length
    if (this.#remaining === 0 && length <= ONE_WRITE_BYTES) {
      writeWhole(res, bytes.toString('latin1', start, end))
      return true
    }
    // a copy, because the connection reads its next bytes into the same buffer
    if (res.write(Buffer.from(bytes.subarray(start, end)))) return true
    // one read may contain many chunks
    if (!this.#waitsForDrain) {
      this.#waitsForDrain = true
      res.once('drain', () => {
        this.#waitsForDrain = false
        this.exchange.resumeUpstream()
      })
    }
    return false
  }

  onEnd(): void {
    const { req, res } = this.exchange
    this.exchange.detachUpstream()
    if (!res.writableEnded) res.end()
    lingerAfterResponse(req, res)
  }

  onSwitch({ status, headers: raw }: ParsedHead, rest: Buffer, socket: Socket): void {
    const { res } = this.exchange
    const upgrade = this.upgrade as ClientUpgrade
    this.exchange.detachUpstream()
    const { headers } = this.parts.responseHeaders(raw, undefined, status)
    // the parser has checked that this protocol was requested
    headers.push('Connection', 'Upgrade', 'Upgrade', upgrade.protocol)
    res.writeHead(101, headers)
    res.flushHeaders()
    this.parts.onStream?.('websocket', res)
    joinSockets(res, upgrade, socket, rest)
    upgrade.socket.once('close', () => res.emit('close'))
  }

  onFailure(failure: UpstreamFailure): void {
    const { exchange } = this
    const { req, res } = exchange
    exchange.detachUpstream()
    if (res.headersSent) {
      // a body that was cut off must not look complete: the client sees the connection break
      exchange.cutResponse('upstream-cut')
      return
    }
    // The app closed the connection, perhaps while it was idle, without a byte of a response. A request that changes
    // nothing may be sent once more (RFC 9110 section 9.2.2); any other could be carried out twice.
    const repeatable = (req.method === 'GET' || req.method === 'HEAD') && !hasBody(req) && !this.upgrade
    if (failure.kind === 'lost' && repeatable && !this.#retried) {
      this.#retried = true
      this.send()
      return
    }
    const { response, reason } = failureResponse(failure, this.parts.errorResponse, req.headers.accept)
    exchange.respond(response, reason, failure.cause)
  }
}

/** The owner of the upstream connections for this request: the user, or without a login the client's address. */
const userOf = ({ identity, client }: Exchange): string =>
  // no user name holds a control character (see parseCredentials)
  identity === undefined ? `\0${client.address}` : identity.user

const requestLine = ({ exchange: { req }, admitted }: Forwarding): string =>
  `${req.method ?? 'GET'} ${admitted.target} HTTP/1.1\r\n`

function headerFields({ parts, exchange, admitted }: Forwarding): string {
  const headers = parts.requestHeaders(exchange.toHeaderFacts(admitted))
  let text = ''
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  return text
}

/** The `Connection` field: an upgrade, or the end of a connection that no other request may use. */
function connectionField({ exchange: { req }, upgrade }: Forwarding): string {
  if (upgrade !== undefined) return `Connection: Upgrade\r\nUpgrade: ${upgrade.protocol}\r\n`
  return allowsReuse(req.method ?? 'GET', hasBody(req)) ? '' : 'Connection: close\r\n'
}

/**
 * The framing is written from the parsed values, never copied, so that both servers see the same end (RFC 9112 section
 * 11.2).
 */
function bodyFraming({ exchange: { req } }: Forwarding): string {
  if (req.headers['transfer-encoding'] !== undefined) return 'Transfer-Encoding: chunked\r\n'
  const length = req.headers['content-length']
  return length === undefined ? '' : `Content-Length: ${length}\r\n`
}

/**
 * The parts of the head of an upstream request, in order. The response is handled by the methods of `Forwarding`, in the
 * order in which they are called.
 */
const requestSteps: readonly ((forwarding: Forwarding) => string)[] = [
  requestLine,
  headerFields,
  connectionField,
  bodyFraming,
]

/** @param name in lower case. */
function fieldOf(raw: readonly string[], name: string): string | undefined {
  const at = raw.findIndex((field, i) => i % 2 === 0 && field.toLowerCase() === name)
  return at === -1 ? undefined : raw[at + 1]
}
