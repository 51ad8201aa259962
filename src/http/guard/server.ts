// The node:http server of a guard: its limits and timeouts.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Server as NetServer, Socket } from 'node:net'
import type { TlsCertificate } from './options.ts'
import { tlsPolicy } from './tls-policy.ts'

/** The largest header of a request or response: long filter queries and cookies. Node's own limit is 16 KiB. */
export const MAX_HEADER_BYTES = 64 * 1024

/** How long a connection without a login may be idle; after a login it is `keepAliveTimeout`. */
export const UNAUTHENTICATED_IDLE_MILLISECONDS = 5000

/** How its connections are set up. */
export const socketOptions = {
  noDelay: true,
  // to notice a client that vanished in the middle of an event stream or a WebSocket
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
}

const options = {
  // the strict parser, whatever NODE_OPTIONS says: it refuses requests that two servers could read differently
  insecureHTTPParser: false,
  maxHeaderSize: MAX_HEADER_BYTES,
  // a second Host or Authorization must be visible to the checks; Node would drop it
  joinDuplicateHeaders: true,
  // The header has to arrive in time; a body may take hours, as MLflow's uploads do, and a 408 would make its client
  // send all of it again.
  headersTimeout: 20_000,
  connectionsCheckingInterval: 5000,
  requestTimeout: 0,
  // longer than clients keep their idle connections, so that they close first
  keepAliveTimeout: 75_000,
  ...socketOptions,
}

/**
 * Creates the server.
 *
 * @param isUpgraded Node 24.9 and later ask before they emit 'upgrade', and keep a request that is not upgraded as a
 *   plain one; Node 26 would otherwise hold its body back. Earlier versions emit 'upgrade' for every offer.
 */
export function createGuardServer(
  tls: TlsCertificate | undefined,
  isUpgraded: (req: IncomingMessage) => boolean,
): Server | TlsServer {
  const httpOptions = { ...options, shouldUpgradeCallback: isUpgraded }
  const server =
    tls === undefined
      ? createServer(httpOptions)
      : createTlsServer({
          ...httpOptions,
          ...tls,
          ...tlsPolicy,
          ALPNProtocols: ['http/1.1'],
          handshakeTimeout: 10_000,
        })
  // Node would drop headers beyond 2000, possibly Authorization or Connection; MAX_HEADER_BYTES limits them instead
  server.maxHeadersCount = 0
  return server
}

/**
 * Makes the function that closes the server: idle connections at once, the others when their response has ended or the
 * limit has passed. A further call can set a shorter limit.
 *
 * @param detached connections that have left HTTP, which the server no longer counts as its own.
 */
export function serverCloser(
  server: Server | TlsServer,
  detached: ReadonlySet<Socket>,
  others: readonly NetServer[],
): (limitMilliseconds: number) => Promise<void> {
  let closed: Promise<unknown> | undefined
  return async limitMilliseconds => {
    closed ??= Promise.all(
      [server, ...others].map(each => new Promise<void>(resolve => each.close(() => resolve()))),
    )
    server.closeIdleConnections()
    const timer = setTimeout(() => {
      for (const socket of detached) socket.destroy()
      server.closeAllConnections()
    }, limitMilliseconds)
    // connections whose last response has just ended are idle from now on
    const idle = setInterval(() => server.closeIdleConnections(), 100)
    await closed
    clearTimeout(timer)
    clearInterval(idle)
  }
}

/**
 * Emits 'close' for a pipelined response when its connection closes: node:http only does so for the response that owns
 * the socket.
 */
export function closeWithConnection(res: ServerResponse, socket: Socket): void {
  const onClose = (): void => {
    res.destroy()
    res.emit('close')
  }
  // there is a listener for each pipelined request
  socket.setMaxListeners(0).once('close', onClose)
  res.once('close', () => socket.off('close', onClose))
}
