// How many connections an address may hold open before anybody has logged in on them.
import type { Socket } from 'node:net'
import { addressBlock } from '../auth/address-block.ts'

/**
 * Counts connections by address (IPv6 by /64). One on which a login succeeded counts no longer: a team behind one
 * address needs many, a hostile client gets few.
 */
export class ConnectionLimit {
  readonly #max: number
  readonly #counts = new Map<string, number>()
  // by both ends' names: over TLS a request's socket is not the one that was accepted
  readonly #strangers = new Map<string, string>()
  readonly #known = new WeakSet<Socket>()

  /** @param max 0 is no limit. */
  constructor(max: number) {
    this.#max = max
  }

  /** Takes a connection in; false means that it must be closed. One that is announced again counts once. */
  accept(socket: Socket): boolean {
    const { remoteAddress } = socket
    if (this.#max === 0 || remoteAddress === undefined || this.#known.has(socket)) return true
    const key = nameOf(socket)
    if (this.#strangers.has(key)) return true
    const block = addressBlock(remoteAddress)
    const count = this.#counts.get(block) ?? 0
    if (count >= this.#max) return false
    this.#counts.set(block, count + 1)
    this.#strangers.set(key, block)
    socket.once('close', () => this.#release(key))
    return true
  }

  /** Somebody logged in on this connection. */
  welcome(socket: Socket): void {
    if (this.#max === 0 || this.#known.has(socket)) return
    this.#known.add(socket)
    this.#release(nameOf(socket))
  }

  #release(key: string): void {
    const block = this.#strangers.get(key)
    if (block === undefined) return
    this.#strangers.delete(key)
    const count = (this.#counts.get(block) ?? 1) - 1
    if (count === 0) this.#counts.delete(block)
    else this.#counts.set(block, count)
  }
}

const nameOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
