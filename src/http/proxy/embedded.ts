// Forwards an admitted request: through the proxy to the app, or to a request listener of this process.
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { textResponse } from '../basic/responses.ts'
import { Upstream } from '../client/pool.ts'
import { ownAddressOf } from '../client/upstream-url.ts'
import type { Admitted, ResponseHeaders } from '../guard/decision.ts'
import type { ResolvedGuardOptions } from '../guard/resolve-options.ts'
import type { Exchange } from './exchange.ts'
import type { OnStream } from './open-streams.ts'
import { createReverseProxy } from './proxy.ts'
import { type RequestHeaderWriter, requestHeaderWriter } from './request-headers.ts'
import { responseHeaderWriter } from './response-headers.ts'
import type { ClientUpgrade } from './upgrade.ts'

/** Forwards admitted requests. */
export interface Forward {
  send(exchange: Exchange, admitted: Admitted, upgrade?: ClientUpgrade): void
  close(): void
}

/** The upstream address in the headers for a listener of this process: one that no client can reach. */
const EMBEDDED = new URL('http://127.0.0.1')

/** Makes the forwarder to the app that the options name. */
export function createForward(
  options: ResolvedGuardOptions,
  maxHeadBytes: number,
  onStream: OnStream | undefined,
): Forward {
  const url = typeof options.upstream === 'function' ? EMBEDDED : options.upstream
  const own = ownAddressOf(url)
  const requestHeaders = requestHeaderWriter({
    ...options,
    hasSessions: options.login !== undefined,
    upstreamHost: own.host,
    upstreamOrigin: own.origin,
  })
  if (typeof options.upstream === 'function') return embedded(options.upstream, requestHeaders)

  const upstream = new Upstream(url, {
    timeout: options.upstreamTimeout,
    maxConnections: options.maxUpstreamConnections,
    maxHeadBytes,
  })
  const responseHeaders = responseHeaderWriter({ upstreamOrigin: own.origin, prefix: options.prefix })
  const send = createReverseProxy({
    upstream,
    requestHeaders,
    responseHeaders,
    errorResponse: options.errorResponse,
    onStream,
  })
  return { send, close: () => upstream.close() }
}

function embedded(listener: RequestListener, requestHeaders: RequestHeaderWriter): Forward {
  return {
    send: (exchange, admitted, upgrade) => {
      const { req, res } = exchange
      if (upgrade !== undefined) {
        exchange.respond(textResponse(426, 'This app speaks plain HTTP only.'), 'no-upgrade')
        return
      }
      const flat = requestHeaders(exchange.toHeaderFacts(admitted))
      const length = req.headers['content-length']
      if (length !== undefined) flat.push('Content-Length', length)
      // body parsers expect a body if one of these two headers is present
      if (req.headers['transfer-encoding'] !== undefined) flat.push('Transfer-Encoding', 'chunked')
      replaceHeaders(req, flat)
      req.url = admitted.target
      if (exchange.expectsContinue) res.writeContinue()
      countBody(exchange)
      if (admitted.responseHeaders !== undefined) addHeaders(res, admitted.responseHeaders)
      listener(req, res)
    },
    close: () => {},
  }
}

/**
 * Adds fields after the listener has set its own; node:http calls `writeHead` for a head that is not written
 * explicitly.
 */
export function addHeaders(res: ServerResponse, responseHeaders: ResponseHeaders): void {
  const { writeHead } = res
  res.writeHead = (...args: [number, ...unknown[]]) => {
    const cacheControl = res.getHeader('cache-control')
    const headers = responseHeaders(args[0], cacheControl === undefined ? undefined : String(cacheControl))
    for (let i = 0; i < headers.length; i += 2)
      res.appendHeader(headers[i] as string, headers[i + 1] as string)
    return Reflect.apply(writeHead, res, args)
  }
}

/** Replaces the parsed headers. node:http's lazy getters would size their result by the client's header count, and throw. */
function replaceHeaders(req: IncomingMessage, flat: string[]): void {
  const headers: IncomingHttpHeaders = {}
  const headersDistinct: Record<string, string[]> = Object.create(null)
  for (let i = 0; i < flat.length; i += 2) {
    const name = (flat[i] as string).toLowerCase()
    const value = flat[i + 1] as string
    const before = headersDistinct[name]
    if (before === undefined) headersDistinct[name] = [value]
    else before.push(value)
    // only headers from the client are repeated, so node:http's joined value is right
    headers[name] = before === undefined ? value : req.headers[name]
  }
  req.rawHeaders = flat
  Object.defineProperty(req, 'headers', { value: headers, configurable: true })
  Object.defineProperty(req, 'headersDistinct', { value: headersDistinct, configurable: true })
}

/** Counts the bytes of the body for the access log, because the listener writes into the response itself. */
function countBody(exchange: Exchange): void {
  const { req, res } = exchange
  const { write, end } = res
  const count = (chunk: unknown, encoding: unknown): void => {
    if (req.method === 'HEAD') return
    if (typeof chunk === 'string') exchange.countBytes(Buffer.byteLength(chunk, encoding as BufferEncoding))
    else if (chunk instanceof Uint8Array) exchange.countBytes(chunk.length)
  }
  res.write = (...args: unknown[]) => {
    count(args[0], args[1])
    return Reflect.apply(write, res, args)
  }
  res.end = (...args: unknown[]) => {
    count(args[0], args[1])
    return Reflect.apply(end, res, args)
  }
}
