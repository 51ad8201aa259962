// Where a request goes when it has passed the gate: over the pool to the app, or to a listener of this process.
import type { IncomingHttpHeaders, IncomingMessage, RequestListener } from 'node:http'
import { textResponse } from '../basic/responses.ts'
import { Upstream } from '../client/pool.ts'
import type { Admitted } from '../guard/decide.ts'
import type { ResolvedGuardOptions } from '../guard/options.ts'
import type { Exchange } from './exchange.ts'
import type { OpenStreams } from './open-streams.ts'
import { createReverseProxy } from './proxy.ts'
import { createRequestHeaders } from './request-headers.ts'
import { createResponseHeaders } from './response-headers.ts'
import type { UpgradeRequest } from './upgrade.ts'

/** The way up. */
export interface Forward {
  send(exchange: Exchange, admitted: Admitted, upgrade?: UpgradeRequest): void
  close(): void
}

/** What a listener of this process stands for. */
const EMBEDDED = { host: '127.0.0.1', origin: 'http://127.0.0.1' }

/** Makes the way to the app that the options name. */
export function createForward(
  options: ResolvedGuardOptions,
  maxHeadBytes: number,
  streams: OpenStreams,
): Forward {
  const { prefix, preserveHost, forwardAuth, userHeader } = options
  const headerOptions = { preserveHost, forwardAuth, userHeader }
  if (typeof options.upstream === 'function') return embedded(options.upstream, headerOptions, streams)

  const upstream = new Upstream(options.upstream, { timeout: options.upstreamTimeout, maxHeadBytes })
  const send = createReverseProxy({
    upstream,
    streams,
    requestHeaders: createRequestHeaders({
      upstreamHost: upstream.host,
      upstreamOrigin: upstream.origin,
      ...headerOptions,
    }),
    responseHeaders: createResponseHeaders({ upstreamOrigin: upstream.origin, prefix }),
  })
  return { send, close: () => upstream.close() }
}

function embedded(
  listener: RequestListener,
  headerOptions: { preserveHost: boolean; forwardAuth: boolean; userHeader: string | undefined },
  streams: OpenStreams,
): Forward {
  const requestHeaders = createRequestHeaders({
    upstreamHost: EMBEDDED.host,
    upstreamOrigin: EMBEDDED.origin,
    ...headerOptions,
  })
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
      // by one of the two a body parser knows that there is a body
      if (req.headers['transfer-encoding'] !== undefined) flat.push('Transfer-Encoding', 'chunked')
      replaceHeaders(req, flat)
      req.url = admitted.target
      if (exchange.expectsContinue) res.writeContinue()
      countBody(exchange)
      streams.add(exchange)
      listener(req, res)
    },
    close: () => {},
  }
}

/** All that node:http makes of the lines: it would count these as if they were the client's, and throw. */
function replaceHeaders(req: IncomingMessage, flat: string[]): void {
  const headers: IncomingHttpHeaders = {}
  const headersDistinct: Record<string, string[]> = Object.create(null)
  for (let i = 0; i < flat.length; i += 2) {
    const name = (flat[i] as string).toLowerCase()
    const value = flat[i + 1] as string
    const before = headersDistinct[name]
    if (before === undefined) headersDistinct[name] = [value]
    else before.push(value)
    // of equal lines, which are all the client's, it has made one value by its rule for the name
    headers[name] = before === undefined ? value : req.headers[name]
  }
  req.rawHeaders = flat
  Object.defineProperty(req, 'headers', { value: headers, configurable: true })
  Object.defineProperty(req, 'headersDistinct', { value: headersDistinct, configurable: true })
}

/** For the log: what the listener writes goes past the guard, straight into the response. */
function countBody(exchange: Exchange): void {
  const { req, res } = exchange
  const { write, end } = res
  const count = (chunk: unknown, encoding: unknown): void => {
    if (req.method === 'HEAD') return
    if (typeof chunk === 'string') exchange.countBytes(Buffer.byteLength(chunk, encoding as BufferEncoding))
    else if (chunk instanceof Uint8Array) exchange.countBytes(chunk.length)
  }
  res.write = (...words: unknown[]) => {
    count(words[0], words[1])
    return Reflect.apply(write, res, words)
  }
  res.end = (...words: unknown[]) => {
    count(words[0], words[1])
    return Reflect.apply(end, res, words)
  }
}
