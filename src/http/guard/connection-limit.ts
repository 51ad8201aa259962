// How many connections an address may hold open before anybody has logged in on them.
import type { Socket } from 'node:net'
import { subnetOf } from '../../platform/ip-address.ts'

/**
 * Counts connections by address (IPv6 by /64). One on which a login succeeded counts no longer: a team behind one
 * address needs many, a hostile client gets few. One that lingers counts, but gives way to a new one.
 */
export class ConnectionLimit {
  readonly #max: number
  // By block, then by both ends' names, for over TLS a request's socket is not the one that was accepted. With the
  // socket where it lingers.
  readonly #unauthenticated = new Map<string, Map<string, Socket | undefined>>()
  readonly #authenticated = new WeakSet<Socket>()

  /** @param max 0 is no limit. */
  constructor(max: number) {
    this.#max = max
  }

  /** Takes a connection in; false means that it must be closed. One that is announced again counts once. */
  accept(socket: Socket): boolean {
    const { remoteAddress } = socket
    if (this.#max === 0 || remoteAddress === undefined || this.#authenticated.has(socket)) return true
    const name = nameOf(socket)
    const block = subnetOf(remoteAddress)
    const unauthenticated = this.#unauthenticated.get(block) ?? new Map<string, Socket | undefined>()
    if (unauthenticated.has(name)) return true
    if (unauthenticated.size >= this.#max && !makeRoom(unauthenticated)) return false
    this.#unauthenticated.set(block, unauthenticated.set(name, undefined))
    socket.once('close', () => this.#release(block, name))
    return true
  }

  /** Somebody logged in on this connection. */
  markAuthenticated(socket: Socket): void {
    const { remoteAddress } = socket
    if (this.#max === 0 || this.#authenticated.has(socket)) return
    this.#authenticated.add(socket)
    if (remoteAddress !== undefined) this.#release(subnetOf(remoteAddress), nameOf(socket))
  }

  /** It has its last answer, and is open only so that its client can read that. */
  linger(socket: Socket): void {
    const { remoteAddress } = socket
    if (this.#max === 0 || remoteAddress === undefined) return
    const unauthenticated = this.#unauthenticated.get(subnetOf(remoteAddress))
    const name = nameOf(socket)
    if (unauthenticated?.has(name)) unauthenticated.set(name, socket)
  }

  #release(block: string, name: string): void {
    const unauthenticated = this.#unauthenticated.get(block)
    unauthenticated?.delete(name)
    if (unauthenticated?.size === 0) this.#unauthenticated.delete(block)
  }
}

/** Closes the oldest one that lingers, if there is any. */
function makeRoom(unauthenticated: Map<string, Socket | undefined>): boolean {
  for (const [name, socket] of unauthenticated) {
    if (socket === undefined) continue
    socket.destroy()
    return unauthenticated.delete(name)
  }
  return false
}

const nameOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
