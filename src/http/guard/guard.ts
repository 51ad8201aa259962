// The guard: a server that forwards the requests of authenticated users to one app, and no others.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { Server as NetServer, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { isReachable } from '../client/reachable.ts'
import { createForward, type Forward } from '../proxy/embedded.ts'
import { OpenStreams } from '../proxy/open-streams.ts'
import { ClientUpgrade, createUpgradeFilter, responseFor, withoutUpgrade } from '../proxy/upgrade.ts'
import { type AccessLogEntry, logEntryWithoutRequest } from './access-log.ts'
import {
  connectMethod,
  describeParserError,
  formatMalformedResponse,
  type MalformedRequest,
  plainHttp,
  rejectMalformedRequest,
} from './bad-request.ts'
import { createClientFacts, peerOf } from './client-address.ts'
import { ConnectionLimit, LIMIT_REACHED } from './connection-limit.ts'
import { createDecide } from './decide.ts'
import { unmetExpectation } from './decision.ts'
import type { GuardOptions, GuardParts, TlsCertificate } from './options.ts'
import { createRequestHandler, warn } from './request-handler.ts'
import { type ResolvedGuardOptions, resolveGuardOptions } from './resolve-options.ts'
import { createGuardServer, MAX_HEADER_BYTES, serverCloser } from './server.ts'
import { tlsPolicy } from './tls-policy.ts'

/** A running guard. */
export interface Guard {
  /** The server, not listening yet: `guard.server.listen(8080, '127.0.0.1')`. */
  readonly server: Server | TlsServer
  /** Replaces the certificate for new connections. @throws the error of `node:tls` for an invalid one. */
  setCertificate(tls: TlsCertificate): void
  /**
   * Applies other options to new requests; requests in flight keep the old ones. `login`, `tls`, `log` and
   * `maxConnectionsPerAddress` cannot be changed. @internal @throws HtpasswdError `ERR_OPTION` as `createGuard`; then
   * nothing has changed.
   */
  setOptions(options: GuardOptions): void
  /**
   * Announces the end, before `close`: `/.htpasswd/ready` says 503, and connections end with their next response, while
   * new ones are still accepted. A load balancer needs that time to take the guard out of its list.
   */
  drain(): void
  /**
   * Stops accepting connections. Requests in flight may finish until the limit, then their connections are cut. A second
   * call can set a shorter limit.
   *
   * @param limitMilliseconds default: 10000.
   */
  close(limitMilliseconds?: number): Promise<void>
}

/**
 * Creates a guard in front of an app: the proxy that `htpasswd serve` runs.
 *
 * @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid value; the error of `node:tls` for an invalid
 *   certificate.
 *
 * @example
 * ```js
 * import { once } from 'node:events'
 * import { Authenticator, createGuard, hashPassword } from 'htpasswd-kit'
 *
 * const authenticator = new Authenticator({ alice: await hashPassword('wonderland', { cost: 10 }) })
 * const guard = createGuard({ authenticator, upstream: 'http://127.0.0.1:5000' })
 * await once(guard.server.listen(0, '127.0.0.1'), 'listening')
 * console.log((await fetch(`http://127.0.0.1:${guard.server.address().port}/`)).status)
 * await guard.close()
 * await authenticator.close()
 * ```
 *
 * ```text
 * 401
 * ```
 */
export function createGuard(options: GuardOptions): Guard
/** @internal */
export function createGuard(options: GuardOptions, parts: GuardParts): Guard
export function createGuard(options: GuardOptions, parts: GuardParts = {}): Guard {
  const resolved = resolveGuardOptions(options, parts)
  const { tls, log } = resolved
  const connections = new ConnectionLimit({
    max: resolved.maxConnectionsPerAddress,
    onReached: address =>
      write(() => logEntryWithoutRequest({ address, reason: 'connection-limit', cause: LIMIT_REACHED })),
  })
  const { login } = resolved
  const findObstacle = async ({ upstream, readyUpstream }: ResolvedGuardOptions) => {
    if (closing) return 'The guard is about to stop.'
    const outside = parts.findObstacle?.()
    if (outside !== undefined) return outside
    if (!readyUpstream || typeof upstream === 'function' || (await isReachable(upstream))) return undefined
    return 'The app accepts no connections.'
  }
  /** The parts that depend on options that may change while the guard runs. */
  const partsOf = (now: ResolvedGuardOptions) => ({
    errorResponse: now.errorResponse,
    findClient: createClientFacts(now.trustProxy, tls !== undefined, parts.onUntrustedProxy),
    decide: createDecide({ ...now, ...login, findObstacle: () => findObstacle(now) }),
    forward: createForward(now, MAX_HEADER_BYTES, parts.onStream),
    upgradeProtocol: createUpgradeFilter(now.allowUpgrades),
  })
  let current = partsOf(resolved)
  /** The ones of earlier options, whose requests may still be in flight. */
  const retired: Forward[] = []
  /** Connections that have left HTTP or are about to; the server does not count them as its own. */
  const leaving = new Set<Socket>()
  let closing = false

  const write = (entry: () => AccessLogEntry): void => {
    try {
      log?.(entry())
    } catch (error) {
      warn(error)
    }
  }
  const refuse = (socket: Socket, malformed: MalformedRequest, address: string, method = '-'): void => {
    const bytes = rejectMalformedRequest(socket, malformed)
    // browsers open connections in advance, and send nothing on some of them
    if (bytes === undefined || socket.bytesRead === 0) return
    const { status, cause } = malformed
    write(() => logEntryWithoutRequest({ address, method, status, bytes, reason: 'malformed', cause }))
  }

  const { begin, serve } = createRequestHandler({
    connections,
    streams: new OpenStreams(),
    parts: () => current,
    isClosing: () => closing,
    onBegin: parts.onBegin,
    write,
  })

  const server = createGuardServer(tls, req => current.upgradeProtocol(req) !== undefined)
  const closeServer = serverCloser(server, leaving, parts.otherServers ?? [])
  server.on('request', (req, res) => serve(req, res, false))
  server.on('checkContinue', (req, res) => serve(req, res, true))
  // any expectation other than 100-continue is refused (RFC 9110 section 10.1.1)
  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) => {
    begin(req, res, false)?.carryOut(unmetExpectation)
  })
  const leave = (socket: Socket): void => {
    leaving.add(socket)
    socket.once('close', () => leaving.delete(socket))
  }
  server.on('upgrade', (req: IncomingMessage, stream: Duplex, head: Buffer) => {
    const socket = stream as Socket
    const res = responseFor(req, socket)
    const protocol = current.upgradeProtocol(req)
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
    refuse(socket, connectMethod, current.findClient(req).address, 'CONNECT')
  })
  const hasUnixSocket = (): boolean => [server, ...(parts.otherServers ?? [])].some(isUnixServer)
  server.on('connection', (socket: Socket) => {
    // Without an address on a port: it was reset before it was accepted, and a request on it would be counted and
    // forwarded without one. Connections to a Unix socket never have an address.
    const gone = socket.remoteAddress === undefined && (peerOf(socket) === undefined || !hasUnixSocket())
    if (gone || !connections.accept(socket)) socket.destroy()
  })
  server.on('clientError', (error: NodeJS.ErrnoException, stream: Duplex) => {
    const socket = stream as Socket
    const address = peerOf(socket) ?? '-'
    const malformed = describeParserError(error)
    if (malformed !== undefined) refuse(socket, malformed, address)
    else {
      if (error.code === 'ERR_SSL_HTTP_REQUEST')
        respondInPlainText(connections.acceptedSocket(socket), address)
      socket.destroy()
    }
  })
  /** The TLS handshake failed, but the connection below TLS is still open. */
  const respondInPlainText = (accepted: Socket, address: string): void => {
    const { head, body } = formatMalformedResponse(plainHttp)
    accepted.write(head + body)
    const { status, cause } = plainHttp
    const bytes = body.length
    write(() => logEntryWithoutRequest({ address, status, bytes, reason: 'malformed', cause }))
  }

  return {
    server,
    setCertificate(certificate) {
      if ('setSecureContext' in server) server.setSecureContext(tlsPolicy(certificate))
    },
    setOptions(next) {
      const { forward } = current
      current = partsOf(resolveGuardOptions({ ...next, login: undefined }, parts))
      retired.push(forward)
    },
    drain() {
      closing = true
    },
    async close(limitMilliseconds = 10_000) {
      closing = true
      await closeServer(limitMilliseconds)
      for (const forward of [...retired, current.forward]) forward.close()
    },
  }
}

/** The address is a path, or null for a socket that was passed by its descriptor. */
function isUnixServer(server: NetServer): boolean {
  const address = server.address()
  return address === null || typeof address === 'string'
}
