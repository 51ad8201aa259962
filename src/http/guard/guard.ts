// The guard: a server that lets users through to one app, and nobody else.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { unmapped } from '../../platform/ip-address.ts'
import { textResponse } from '../basic/responses.ts'
import { createForward } from '../proxy/embedded.ts'
import { Exchange } from '../proxy/exchange.ts'
import { OpenStreams } from '../proxy/open-streams.ts'
import { ClientUpgrade, createUpgradeFilter, responseFor, withoutUpgrade } from '../proxy/upgrade.ts'
import { type AccessLogEntry, logEntryWithoutRequest } from './access-log.ts'
import { type MalformedStatus, rejectMalformedRequest, statusOfParserError } from './bad-request.ts'
import { createClientFacts } from './client-address.ts'
import { ConnectionLimit } from './connection-limit.ts'
import { createDecide, type Decision, type Responded } from './decide.ts'
import { type GuardOptions, resolveGuardOptions, type TlsCertificate } from './options.ts'
import { tlsPolicy } from './tls-policy.ts'

/** A guard that was created. */
export interface Guard {
  /** Its server, not listening yet: `guard.server.listen(8080, '127.0.0.1')`. */
  readonly server: Server | TlsServer
  /** Replaces the certificate for new connections. @throws the error of `node:tls` for an invalid one. */
  setCertificate(tls: TlsCertificate): void
  /**
   * Stops accepting connections. Requests in flight may finish until the limit, then their connections are cut. A second
   * call can set a shorter limit.
   *
   * @param limitMilliseconds default: 10000.
   */
  close(limitMilliseconds?: number): Promise<void>
}

const unmetExpectation: Responded = {
  respond: textResponse(417, 'The only expectation that can be met is 100-continue.'),
  reason: 'expectation',
  closes: true,
  identity: undefined,
  allowedOrigin: undefined,
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
  // a client that vanished without a word, in the middle of an event stream or a WebSocket, must not stay for ever
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
}

/**
 * Creates a guard in front of an app: the proxy that `htpasswd serve` runs.
 *
 * @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid value; the error of `node:tls` for an invalid
 *   certificate.
 *
 * @example
 * ```js
 * import { Authenticator, createGuard, hashPassword } from 'htpasswd-kit'
 *
 * const hash = await hashPassword('wonderland', { cost: 10 })
 * const authenticator = new Authenticator(name => (name === 'alice' ? hash : undefined))
 * const guard = createGuard({ authenticator, upstream: 'http://127.0.0.1:5000' })
 * await new Promise(resolve => guard.server.listen(0, '127.0.0.1', resolve))
 * console.log((await fetch(`http://127.0.0.1:${guard.server.address().port}/`)).status)
 * await guard.close()
 * await authenticator[Symbol.asyncDispose]()
 * ```
 *
 * ```text
 * 401
 * ```
 */
export function createGuard(options: GuardOptions): Guard {
  const resolved = resolveGuardOptions(options)
  const { tls, log } = resolved
  const clientFacts = createClientFacts(resolved.trustProxy, tls !== undefined)
  const limit = new ConnectionLimit(resolved.maxConnectionsPerAddress)
  const decide = createDecide(resolved)
  const streams = new OpenStreams()
  const forward = createForward(resolved, MAX_HEADER_BYTES, streams)
  /** Connections that have left HTTP or are about to: the server does not count them as its own. */
  const leaving = new Set<Socket>()
  let closing = false
  let closed: Promise<void> | undefined

  const write = (entry: () => AccessLogEntry): void => {
    try {
      log?.(entry())
    } catch (error) {
      warn(error)
    }
  }
  const refuse = (socket: Socket, status: MalformedStatus, address: string, method: string): void => {
    const bytes = rejectMalformedRequest(socket, status)
    // browsers open connections ahead of time, and never say a word on some
    if (bytes === undefined || socket.bytesRead === 0) return
    write(() => logEntryWithoutRequest({ address, method, status, bytes }))
  }

  /** From now on it will be logged, whatever becomes of it. */
  const begin = (req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): Exchange => {
    const flags = { expectsContinue, closes: closing, now: performance.now() }
    const exchange = new Exchange(req, res, clientFacts(req), flags)
    // the end of the response, or of the connection that it was upgraded to
    res.once('close', () => {
      streams.delete(exchange)
      // the app learns of it at once: it may be paying for every word (MLflow's gateway)
      if (!res.writableFinished) exchange.abortUpstream()
      if (req.socket.writableEnded) limit.linger(req.socket)
      write(() => exchange.toLogEntry(performance.now()))
    })
    if (res.socket === null) endWithConnection(res, req.socket)
    return exchange
  }

  const serve = (
    req: IncomingMessage,
    res: ServerResponse,
    expectsContinue: boolean,
    upgrade?: ClientUpgrade,
  ): void => {
    const exchange = begin(req, res, expectsContinue)
    const carryOut = (decision: Decision): void => {
      if (decision.identity !== undefined || exchange.client.proxied) limit.markAuthenticated(req.socket)
      if (exchange.carryOut(decision) && !res.destroyed) forward.send(exchange, decision, upgrade)
    }
    // nothing here throws for what a client sends; a bug, or a listener of the program, must not take the process down
    const fail = (error: unknown): void => {
      warn(error)
      res.destroy()
    }
    try {
      const decision = decide(req, { client: exchange.client, upgrade: upgrade !== undefined })
      if (decision instanceof Promise) decision.then(carryOut).catch(fail)
      else carryOut(decision)
    } catch (error) {
      fail(error)
    }
  }

  const upgradeProtocol = createUpgradeFilter(resolved.allowUpgrades)
  // Node 24.9 and later ask before they emit 'upgrade', and keep a request that is not upgraded as a plain one; Node 26
  // would otherwise hold its body back. Earlier versions emit 'upgrade' for every offer, see below.
  const shouldUpgradeCallback = (req: IncomingMessage): boolean => upgradeProtocol(req) !== undefined
  const httpOptions = { ...serverOptions, shouldUpgradeCallback }

  const server =
    tls === undefined
      ? createServer(httpOptions)
      : createTlsServer({ ...httpOptions, ...tls, ALPNProtocols: ['http/1.1'], handshakeTimeout: 10_000 })

  // Node would drop headers beyond 2000 without a word, Authorization or Connection among them; the size is the limit
  server.maxHeadersCount = 0
  server.on('request', (req, res) => serve(req, res, false))
  server.on('checkContinue', (req, res) => serve(req, res, true))
  // RFC 9110 section 10.1.1: any other expectation cannot be met
  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) => {
    begin(req, res, false).carryOut(unmetExpectation)
  })
  const leave = (socket: Socket): void => {
    leaving.add(socket)
    socket.once('close', () => leaving.delete(socket))
  }
  server.on('upgrade', (req: IncomingMessage, stream: Duplex, head: Buffer) => {
    const socket = stream as Socket
    const res = responseFor(req, socket)
    const protocol = upgradeProtocol(req)
    if (res === undefined) {
      socket.destroy()
    } else if (protocol !== undefined) {
      leave(socket)
      serve(req, res, false, new ClientUpgrade(req, socket, head, protocol))
    } else {
      res.detachSocket(socket)
      socket.unshift(withoutUpgrade(req, head))
      server.emit(tls === undefined ? 'connection' : 'secureConnection', socket)
    }
  })
  server.on('connect', (req, stream: Duplex) => {
    const socket = stream as Socket
    leave(socket)
    refuse(socket, 405, clientFacts(req).address, 'CONNECT')
  })
  server.on('connection', (socket: Socket) => {
    // Over TCP without an address: reset before it was accepted. Nobody waits for an answer, and a request that is
    // already there would be counted and forwarded as nobody's. What listens on a path has none by nature.
    const gone = socket.remoteAddress === undefined && typeof server.address() !== 'string'
    if (gone || !limit.accept(socket)) socket.destroy()
  })
  server.on('clientError', (error, stream: Duplex) => {
    const socket = stream as Socket
    const status = statusOfParserError(error)
    if (status === undefined) socket.destroy()
    else refuse(socket, status, unmapped(socket.remoteAddress ?? '-'), '-')
  })

  return {
    server,
    setCertificate(certificate) {
      if ('setSecureContext' in server) server.setSecureContext(tlsPolicy(certificate))
    },
    async close(limitMilliseconds = 10_000) {
      closing = true
      closed ??= new Promise<void>(resolve => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => {
        for (const socket of leaving) socket.destroy()
        server.closeAllConnections()
      }, limitMilliseconds)
      // connections whose last response has just ended are idle from now on
      const idle = setInterval(() => server.closeIdleConnections(), 100)
      await closed
      clearTimeout(timer)
      clearInterval(idle)
      forward.close()
    },
  }
}

/** Tells of a fault in the program around the guard, such as its log function. */
const warn = (error: unknown): void => process.emitWarning(error instanceof Error ? error : String(error))

/** Ends a response that waits behind another one of its connection: of those node:http does not tell that the client left. */
function endWithConnection(res: ServerResponse, socket: Socket): void {
  const left = (): void => {
    res.destroy()
    res.emit('close')
  }
  // one for each request that came ahead of its turn
  socket.setMaxListeners(0).once('close', left)
  res.once('close', () => socket.off('close', left))
}
