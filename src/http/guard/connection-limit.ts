// Bounds what one address and one connection can occupy before a login, and how many requests can be pipelined.
import type { Socket } from 'node:net'
import { subnetOf } from '../../platform/ip-address.ts'

/** What happens to a request: it is served, answered with 503, or dropped with its connection. */
export type Admission = 'admitted' | 'over-limit' | 'pipelined'

/**
 * How many requests of one connection may wait for their responses before it is closed: each costs memory and a request
 * to the app.
 */
const MAX_PIPELINED = 16
/** A younger connection does not count as idle yet, because its request may still be on its way. */
const SETTLE_MILLISECONDS = 1000
/** Young connections do not count, so that a whole cluster can connect at once, up to this many times the limit. */
const BURST_FACTOR = 10
const REPORT_MILLISECONDS = 60_000

/** The cause in the access log. */
export const LIMIT_REACHED = 'as many connections of this address as are allowed are open without a login'
export const PIPELINED = 'too many requests of one connection without a response'

/** An open connection. */
interface Connection {
  readonly socket: Socket
  readonly acceptedAt: number
  inFlight: number
  /** When its last response ended. */
  idleSince: number
  overLimit: boolean
  /** Its request is a form that has not arrived whole. */
  sendsForm: boolean
  /** Whether the last response has been sent, and the connection is open only so that the client can read it. */
  lingering: boolean
  authenticated: boolean
}

/** The unauthenticated connections of one subnet, by four-tuple. */
interface Group {
  readonly connections: Map<string, Connection>
  reportedAt: number
}

/** How connections are limited. */
export interface ConnectionLimitOptions {
  /** Unauthenticated connections of one address (IPv6: of one /64) that may be open; 0 is no limit. */
  readonly max: number
  /** Called when an address reaches the limit, at most once a minute. */
  readonly onReached?: (address: string) => void
  readonly now?: () => number
}

/**
 * Limits connections without a login by address. One on which a login succeeded no longer counts: a team behind one
 * address needs many, a hostile client gets few. When the limit is reached, the connection that has been idle longest is
 * closed for the new one; where all are busy, requests on the new one get a 503.
 */
export class ConnectionLimit {
  readonly #max: number
  readonly #onReached: (address: string) => void
  readonly #now: () => number
  readonly #groups = new Map<string, Group>()
  // Over TLS a request's socket is not the one that 'connection' emitted: it is found once by its four-tuple.
  readonly #bySocket = new WeakMap<Socket, Connection>()
  #sweeper: NodeJS.Timeout | undefined

  constructor({ max, onReached = () => {}, now = () => performance.now() }: ConnectionLimitOptions) {
    this.#max = max
    this.#onReached = onReached
    this.#now = now
  }

  /**
   * Registers a new connection; false means that it must be closed. A connection that is registered again counts once.
   */
  accept(socket: Socket): boolean {
    const { remoteAddress } = socket
    if (this.#bySocket.has(socket)) return true
    const connection = this.#track(socket)
    if (this.#max === 0 || remoteAddress === undefined) return true
    const subnet = subnetOf(remoteAddress)
    const group = this.#groups.get(subnet) ?? { connections: new Map(), reportedAt: Number.NEGATIVE_INFINITY }
    if (group.connections.size >= this.#max) {
      this.#report(group, remoteAddress)
      if (!this.#makeRoom(group, connection)) return false
    }
    const tuple = fourTuple(socket)
    group.connections.set(tuple, connection)
    this.#groups.set(subnet, group)
    socket.once('close', () => this.#release(subnet, tuple))
    return true
  }

  /** A request arrived. */
  begin(socket: Socket): Admission {
    const connection = this.#find(socket)
    connection.inFlight++
    if (connection.inFlight > MAX_PIPELINED) return 'pipelined'
    return connection.overLimit ? 'over-limit' : 'admitted'
  }

  /** A response ended. @returns whether the connection is idle now and has had no login. */
  end(socket: Socket): boolean {
    const connection = this.#find(socket)
    connection.inFlight--
    connection.idleSince = this.#now()
    if (socket.writableEnded) connection.lingering = true
    return connection.inFlight === 0 && !connection.authenticated
  }

  /** A form that anybody may send has begun, or ended: until it is whole, the connection gives way as an idle one does. */
  setSendsForm(socket: Socket, sendsForm: boolean): void {
    this.#find(socket).sendsForm = sendsForm
  }

  /** A login succeeded on this connection. */
  markAuthenticated(socket: Socket): void {
    const connection = this.#find(socket)
    if (connection.authenticated) return
    connection.authenticated = true
    connection.overLimit = false
    if (socket.remoteAddress !== undefined)
      this.#release(subnetOf(socket.remoteAddress), fourTuple(connection.socket))
  }

  /** The accepted socket: over TLS the one below the request's socket. */
  acceptedSocket(socket: Socket): Socket {
    return this.#find(socket).socket
  }

  #track(socket: Socket): Connection {
    const now = this.#now()
    const connection = {
      socket,
      acceptedAt: now,
      inFlight: 0,
      idleSince: now,
      overLimit: false,
      sendsForm: false,
      lingering: false,
      authenticated: false,
    }
    this.#bySocket.set(socket, connection)
    return connection
  }

  #find(socket: Socket): Connection {
    const known = this.#bySocket.get(socket)
    if (known !== undefined) return known
    const { remoteAddress } = socket
    const group = remoteAddress === undefined ? undefined : this.#groups.get(subnetOf(remoteAddress))
    const connection = group?.connections.get(fourTuple(socket)) ?? this.#track(socket)
    this.#bySocket.set(socket, connection)
    return connection
  }

  /**
   * Closes the connection that has been idle longest, or admits the new one above the limit; false if neither is
   * possible.
   */
  #makeRoom({ connections }: Group, added: Connection): boolean {
    const full = connections.size >= this.#max * BURST_FACTOR
    const settledBy = full ? Number.POSITIVE_INFINITY : this.#now() - SETTLE_MILLISECONDS
    if (closeIdle(connections, settledBy)) return true
    if (full) return false
    let settled = 0
    for (const { acceptedAt } of connections.values()) if (acceptedAt <= settledBy) settled++
    added.overLimit = settled >= this.#max
    this.#sweeper ??= setTimeout(this.#sweep, SETTLE_MILLISECONDS).unref()
    return true
  }

  /** Closes idle connections above the limit once they are no longer young. */
  readonly #sweep = (): void => {
    this.#sweeper = undefined
    const settledBy = this.#now() - SETTLE_MILLISECONDS
    let above = false
    for (const { connections } of this.#groups.values()) {
      while (connections.size > this.#max && closeIdle(connections, settledBy));
      above ||= connections.size > this.#max
    }
    if (above) this.#sweeper = setTimeout(this.#sweep, SETTLE_MILLISECONDS).unref()
  }

  #report(group: Group, address: string): void {
    const now = this.#now()
    if (now - group.reportedAt < REPORT_MILLISECONDS) return
    group.reportedAt = now
    this.#onReached(address)
  }

  #release(subnet: string, tuple: string): void {
    const group = this.#groups.get(subnet)
    group?.connections.delete(tuple)
    if (group?.connections.size === 0) this.#groups.delete(subnet)
  }
}

/** Closes the connection that has been idle longest among those accepted before `settledBy`. */
function closeIdle(connections: Map<string, Connection>, settledBy: number): boolean {
  let oldest: [string, Connection] | undefined
  for (const entry of connections) {
    const [, { inFlight, acceptedAt, idleSince, lingering, sendsForm }] = entry
    if ((inFlight > 0 && !sendsForm) || (acceptedAt > settledBy && !lingering)) continue
    if (oldest === undefined || idleSince < oldest[1].idleSince) oldest = entry
  }
  if (oldest === undefined) return false
  connections.delete(oldest[0])
  oldest[1].socket.destroy()
  return true
}

const fourTuple = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
