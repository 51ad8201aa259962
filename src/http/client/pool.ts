// The app behind the guard: its address, and the pool of connections to it.
import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { type ConnectionOptions, type ConnectionOwner, UpstreamConnection } from './connection.ts'
import { hostOf, LOOPBACK_ADVICE, portOf } from './upstream-url.ts'

/** How the app is reached. */
export interface UpstreamOptions {
  /** Milliseconds without a sign of the app while it is its turn; 0 is for ever. */
  readonly timeout: number
  /** Bytes of the head of one of its responses. */
  readonly maxHeadBytes: number
  /** The clock, in milliseconds. Default: `performance.now`. */
  readonly now?: () => number
  /** How names become addresses. Default: the system's. */
  readonly lookup?: typeof systemLookup
}

// uvicorn closes idle connections after 5 s and says so nowhere; a request that is sent into that is lost
const IDLE_MILLISECONDS = 4000
const SWEEP_MILLISECONDS = 500
const CONNECT_MILLISECONDS = 10_000

/**
 * An app and its connections. They are made when they are needed, and given up before the app gives them up.
 *
 * Written by hand on `node:net`: undici's pool took 2.5 times a bare node:http hello for one proxied request, this takes
 * 1.8 times; and it holds a request back until the first byte of its body.
 */
export class Upstream implements ConnectionOwner {
  /** Host and port as the operator wrote them. */
  readonly host: string
  readonly origin: string
  readonly #options: ConnectionOptions
  readonly #now: () => number
  readonly #all = new Set<UpstreamConnection>()
  /** The one that was in use last is used next; the others grow old and go. */
  #idle: UpstreamConnection[] = []
  #resting: UpstreamConnection[] = []
  #sweeper: NodeJS.Timeout | undefined
  #closed = false

  /** @param url as `parseUpstreamUrl` gives it. */
  constructor(url: URL, { timeout, maxHeadBytes, now = () => performance.now(), lookup }: UpstreamOptions) {
    const tls = url.protocol === 'https:'
    const host = hostOf(url)
    this.host = url.host
    this.origin = url.origin
    this.#now = now
    const address = {
      host,
      port: portOf(url),
      lookup: ipv4First(lookup ?? systemLookup),
    }
    const servername = tls && !/^[\d.]+$|:/.test(host) ? { servername: host } : {}
    this.#options = {
      target: { ...address, ...servername, noDelay: true, keepAlive: true, autoSelectFamily: false },
      tls,
      maxHeadBytes,
      timeout,
      connectTimeout: CONNECT_MILLISECONDS,
    }
  }

  /** A connection for one request; `fresh` where one turned out to be dead: an app that was restarted has left them all. */
  acquire(fresh = false): UpstreamConnection {
    if (fresh) return this.#open(false)
    const oldest = this.#now() - IDLE_MILLISECONDS
    // bounded: each turn takes one away
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.idleSince >= oldest && !idle.socket.destroyed) return idle
      idle.socket.destroy()
    }
    return this.#open(false)
  }

  /** A new connection that may leave HTTP. */
  open(): UpstreamConnection {
    return this.#open(true)
  }

  #open(dedicated: boolean): UpstreamConnection {
    const connection = new UpstreamConnection(this.#options, this, dedicated)
    this.#all.add(connection)
    return connection
  }

  /**
   * A connection rests until the loop has looked at it once more: bytes that come unasked, or its end, must not meet
   * the next request (GHSA-35p6-xmwp-9g52).
   */
  onIdle(connection: UpstreamConnection): void {
    if (this.#closed) {
      connection.socket.destroy()
      return
    }
    connection.idleSince = this.#now()
    if (this.#resting.push(connection) === 1) setImmediate(this.#wake)
  }

  readonly #wake = (): void => {
    for (const connection of this.#resting) {
      if (!connection.socket.destroyed) this.#idle.push(connection)
    }
    this.#resting = []
    this.#sweeper ??= setInterval(this.#sweep, SWEEP_MILLISECONDS).unref()
  }

  readonly #sweep = (): void => {
    const oldest = this.#now() - IDLE_MILLISECONDS + SWEEP_MILLISECONDS
    const old = this.#idle.filter(one => one.idleSince < oldest)
    this.#idle = this.#idle.filter(one => one.idleSince >= oldest)
    for (const one of old) one.socket.destroy()
    if (this.#idle.length > 0) return
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }

  onGone(connection: UpstreamConnection): void {
    this.#all.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at !== -1) this.#idle.splice(at, 1)
  }

  /** Ends all connections, in use or not. */
  close(): void {
    this.#closed = true
    clearInterval(this.#sweeper)
    for (const { socket } of this.#all) socket.destroy()
  }
}

/** `localhost` is 127.0.0.1, any other name its IPv4 address where it has one, and ::1 is nobody's. */
function ipv4First(resolve: typeof systemLookup): LookupFunction {
  return (hostname, _options, callback) => {
    const family = hostname === 'localhost' ? 4 : 0
    resolve(hostname, { family, all: true, order: 'ipv4first' }, (error, found) => {
      const first = found?.find(({ address }) => address !== '::1')
      if (first !== undefined) callback(null, first.address, first.family)
      else callback(error ?? new Error(`${hostname} is only at ::1: ${LOOPBACK_ADVICE}`), '', 0)
    })
  }
}
