// The guard: a server that lets users through to one app, and nobody else.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createClientFacts } from './client-address.ts'
import { ConnectionLimit } from './connection-limit.ts'
import { Exchange } from './exchange.ts'
import { createForward } from './forward.ts'
import { createGate } from './gate.ts'
import { type GuardOptions, resolveGuardOptions, type TlsCertificate } from './guard-options.ts'
import { isTunnelled, responseFor, type UpgradeRequest, withoutUpgrade } from './upgrade.ts'

/** A guard at work. */
export interface Guard {
  /** Not listening yet: `guard.server.listen(8080, '127.0.0.1')`. */
  readonly server: Server | TlsServer
  /** Takes a new certificate for connections to come. @throws the error of `node:tls` for one that does not fit. */
  setCertificate(tls: TlsCertificate): void
  /**
   * Stops: no new connections; requests under way may finish until the limit, then their connections are cut.
   *
   * @param limitMilliseconds default: 10000.
   */
  close(limitMilliseconds?: number): Promise<void>
}

/** Long filter queries and cookies; Node's own limit is 16 KiB. */
const MAX_HEADER_BYTES = 64 * 1024

const serverOptions = {
  // never the lenient parser, whatever NODE_OPTIONS says: requests that two servers read differently end here
  insecureHTTPParser: false,
  maxHeaderSize: MAX_HEADER_BYTES,
  // a second Host or Authorization must show, not vanish
  joinDuplicateHeaders: true,
  // A head has to come in time; a body may take as long as it takes: uploads of hours are MLflow's daily work, and a
  // 408 makes its client send all of it again.
  headersTimeout: 20_000,
  requestTimeout: 0,
  // longer than the clients' pools keep theirs, so that they end first
  keepAliveTimeout: 75_000,
  noDelay: true,
}

/**
 * Makes a guard in front of an app.
 *
 * @throws HtpasswdError `ERR_OPTION` for an option that is unknown or has no sense; the error of `node:tls` for a
 *   certificate that cannot be read.
 */
export function createGuard(options: GuardOptions): Guard {
  const resolved = resolveGuardOptions(options)
  const { tls, log } = resolved
  const clientFacts = createClientFacts(resolved.trustProxy, tls !== undefined)
  const limit = new ConnectionLimit(resolved.maxConnectionsPerAddress)
  const gate = createGate(resolved)
  const forward = createForward(resolved, MAX_HEADER_BYTES)
  let closing = false

  const serve = (
    req: IncomingMessage,
    res: ServerResponse,
    expectsContinue: boolean,
    upgrade?: UpgradeRequest,
  ): void => {
    const flags = { expectsContinue, closing, now: performance.now() }
    const exchange = new Exchange(req, res, clientFacts(req), flags)
    // the end of the response, or of the connection that it was upgraded to
    res.once('close', () => {
      // the app learns of it at once: it may be paying for every word (MLflow's gateway)
      if (!res.writableFinished) exchange.underWay?.abort()
      log?.(exchange.toLogEntry(performance.now()))
    })
    const proceed = (passed: boolean): void => {
      if (exchange.user !== undefined || exchange.client.proxied) limit.welcome(req.socket)
      if (passed && !res.destroyed) forward.send(exchange, upgrade)
    }
    // nothing here throws for what a client sends; a bug must still not take the process down
    try {
      const passes = gate(exchange, upgrade !== undefined)
      if (typeof passes === 'boolean') proceed(passes)
      else passes.then(proceed).catch(() => res.destroy())
    } catch {
      res.destroy()
    }
  }

  const server =
    tls === undefined
      ? createServer(serverOptions)
      : createTlsServer({ ...serverOptions, ...tls, ALPNProtocols: ['http/1.1'], handshakeTimeout: 10_000 })

  // Node would drop headers beyond 2000 without a word, Authorization or Connection among them; the size is the limit
  server.maxHeadersCount = 0
  server.on('request', (req, res) => serve(req, res, false))
  server.on('checkContinue', (req, res) => serve(req, res, true))
  // RFC 9110 section 10.1.1: any other expectation cannot be met
  server.on('checkExpectation', (_req, res: ServerResponse) => {
    res.writeHead(417, { connection: 'close', 'content-length': '0' }).end()
  })
  server.on('upgrade', (req: IncomingMessage, stream: Duplex, head: Buffer) => {
    const socket = stream as Socket
    const res = responseFor(req, socket)
    if (res === undefined) {
      socket.destroy()
    } else if (isTunnelled(req.headers.upgrade)) {
      serve(req, res, false, { socket, head })
    } else {
      res.detachSocket(socket)
      socket.unshift(withoutUpgrade(req, head))
      server.emit(tls === undefined ? 'connection' : 'secureConnection', socket)
    }
  })
  server.on('connect', (_req, socket) => refuse(socket, '405 Method Not Allowed'))
  server.on('connection', (socket: Socket) => {
    if (!limit.accept(socket)) socket.destroy()
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const code = error.code ?? ''
    const status =
      code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? '408 Request Timeout'
          : '400 Bad Request'
    refuse(socket, status)
  })

  return {
    server,
    setCertificate(certificate) {
      if ('setSecureContext' in server)
        server.setSecureContext({ cert: certificate.cert, key: certificate.key })
    },
    async close(limitMilliseconds = 10_000) {
      closing = true
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => {
        forward.cutTunnels()
        server.closeAllConnections()
      }, limitMilliseconds)
      // connections whose last response has just ended are idle from now on
      const idle = setInterval(() => server.closeIdleConnections(), 100)
      await closed
      clearTimeout(timer)
      clearInterval(idle)
      forward.cutTunnels()
      forward.close()
    },
  }
}

/** An answer to what could not be read as a request; the connection ends with it. */
function refuse(socket: Duplex, status: string): void {
  if (!socket.writable) return
  // node:http keeps the response under way there; bytes of ours in the middle of it would be taken for its body
  const { _httpMessage: underWay } = socket as { _httpMessage?: ServerResponse | null }
  if (underWay) {
    if (underWay.writableEnded) underWay.once('finish', () => socket.end())
    else socket.destroy()
    return
  }
  socket.on('error', () => {})
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${status.length + 1}`
  socket.end(`${head}\r\n\r\n${status}\n`)
  // whoever goes on sending is not listened to
  setTimeout(() => socket.destroy(), 1000).unref()
}
