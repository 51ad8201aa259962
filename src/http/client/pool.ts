// The app behind the guard: its address, and the pool of connections to it.
import type { lookup as systemLookup } from 'node:dns'
import { createLookup } from './address-lookup.ts'
import { type ConnectionOptions, type ConnectionOwner, UpstreamConnection } from './connection.ts'
import { QueuedCall, type UpstreamCall } from './queued-call.ts'
import type { ResponseHandler, UpstreamRequest } from './upstream-request.ts'
import { hostOf, targetOf } from './upstream-url.ts'

/** The options of an `Upstream`. */
export interface UpstreamOptions {
  /** Idle timeout in milliseconds while the app must act; 0 disables it. */
  readonly timeout: number
  /** The largest response head, in bytes. */
  readonly maxHeadBytes: number
  /** Connections open at once; further requests wait in a queue. */
  readonly maxConnections: number
  /** The clock, in milliseconds. Default: `performance.now`. */
  readonly now?: () => number
  /** Resolves names. Default: the system's resolver. */
  readonly lookup?: typeof systemLookup
}

/** The connections that may carry a request. */
export interface Route {
  /** The user: a connection is reused for requests of the same user only. */
  readonly user: string
  /**
   * Whether to open a new connection, because an idle one turned out to be dead: a restarted app has closed them all.
   */
  readonly fresh?: boolean
}

// uvicorn closes idle connections after 5 s without notice; a request that is sent at that moment is lost
const IDLE_MILLISECONDS = 4000
const SWEEP_MILLISECONDS = 500
/** How long a request waits until it has a connection: for its turn, then for the app to accept it. */
const CONNECT_MILLISECONDS = 10_000
const MAX_QUEUED = 2048

/**
 * An app and the connections to it, opened on demand and closed before the app closes them.
 *
 * Written by hand on node:net. A proxy on the pool of undici 7.30, without any check, took 2.56 times the CPU of a bare
 * node:http hello for one request; the whole guard takes 2.0 times on the same machine and has to stay below 2.7. What undici does against
 * misbehaving servers is done here too (see `allowsReuse`); what it does not offer are idle connections kept for each
 * user, request targets and header bytes that stay as they are, and a request that is held back until the first byte of
 * its body.
 */
export class Upstream implements ConnectionOwner {
  readonly #options: ConnectionOptions
  readonly #maxConnections: number
  readonly #now: () => number
  readonly #connections = new Set<UpstreamConnection>()
  /**
   * Idle connections by user, the most recently used last. What a user leaves on a connection, such as the body of a
   * request that the app did not read, cannot reach another user (response-queue poisoning, GHSA-3ccp-42pg-hgv6).
   */
  readonly #idle = new Map<string, UpstreamConnection[]>()
  #resting: UpstreamConnection[] = []
  readonly #queue = new Set<QueuedCall>()
  #sweeper: NodeJS.Timeout | undefined
  #closed = false

  /** @param url as `parseUpstreamUrl` gives it. */
  constructor(url: URL, options: UpstreamOptions) {
    const tls = url.protocol === 'https:'
    const host = hostOf(url)
    this.#now = options.now ?? (() => performance.now())
    this.#maxConnections = options.maxConnections
    const servername = tls && !/^[\d.]+$|:/.test(host) ? { servername: host } : {}
    this.#options = {
      target: {
        ...targetOf(url),
        lookup: createLookup(options.lookup),
        ...servername,
        noDelay: true,
        keepAlive: true,
        autoSelectFamily: true,
        autoSelectFamilyAttemptTimeout: 2000,
      },
      tls,
      maxHeadBytes: options.maxHeadBytes,
      timeout: options.timeout,
      connectTimeout: CONNECT_MILLISECONDS,
    }
  }

  /** Sends a request: on an idle connection of its user, on a new one, or once another has closed. */
  send(request: UpstreamRequest, handler: ResponseHandler, { user, fresh = false }: Route): UpstreamCall {
    const idle = fresh || request.upgrade !== undefined ? undefined : this.#takeIdle(user)
    if (idle !== undefined) {
      idle.start(request, handler)
      return idle
    }
    if (this.#connections.size < this.#maxConnections || this.#closeLeastRecentlyUsed())
      return this.#open(request, handler, user)
    const wait = this.#queue.size < MAX_QUEUED ? CONNECT_MILLISECONDS : 0
    const call = new QueuedCall({ request, handler, user }, wait, () => this.#queue.delete(call))
    this.#queue.add(call)
    return call
  }

  #takeIdle(user: string): UpstreamConnection | undefined {
    const stack = this.#idle.get(user)
    const oldest = this.#now() - IDLE_MILLISECONDS
    for (let idle = stack?.pop(); idle !== undefined; idle = stack?.pop()) {
      if (stack?.length === 0) this.#idle.delete(user)
      if (idle.idleSince >= oldest && !idle.socket.destroyed) return idle
      this.#close(idle)
    }
    return undefined
  }

  #open(request: UpstreamRequest, handler: ResponseHandler, user: string): UpstreamConnection {
    const connection = new UpstreamConnection(this.#options, this, user, request.upgrade !== undefined)
    this.#connections.add(connection)
    connection.start(request, handler)
    return connection
  }

  /**
   * Re-pools a connection only after one poll phase, so that unsolicited bytes or a FIN are seen first
   * (GHSA-35p6-xmwp-9g52).
   */
  onIdle(connection: UpstreamConnection): void {
    if (this.#closed) {
      connection.socket.destroy()
      return
    }
    connection.idleSince = this.#now()
    if (this.#resting.push(connection) === 1) setImmediate(this.#pollIsOver)
  }

  readonly #pollIsOver = (): void => {
    for (const connection of this.#resting) {
      if (connection.socket.destroyed) continue
      const stack = this.#idle.get(connection.user)
      if (stack === undefined) this.#idle.set(connection.user, [connection])
      else stack.push(connection)
    }
    this.#resting = []
    this.#sweeper ??= setInterval(this.#sweep, SWEEP_MILLISECONDS).unref()
    this.#startQueued()
  }

  onClose(connection: UpstreamConnection): void {
    this.#forget(connection)
    this.#startQueued()
  }

  #startQueued(): void {
    for (const call of this.#queue) {
      const idle = call.request.upgrade === undefined ? this.#takeIdle(call.user) : undefined
      if (
        idle === undefined &&
        this.#connections.size >= this.#maxConnections &&
        !this.#closeLeastRecentlyUsed()
      )
        return
      this.#queue.delete(call)
      call.start((request, handler) => {
        if (idle === undefined) return this.#open(request, handler, call.user)
        idle.start(request, handler)
        return idle
      })
    }
  }

  readonly #sweep = (): void => {
    const oldest = this.#now() - IDLE_MILLISECONDS + SWEEP_MILLISECONDS
    for (const stack of [...this.#idle.values()]) {
      for (const connection of stack.filter(({ idleSince }) => idleSince < oldest)) this.#close(connection)
    }
    if (this.#idle.size > 0) return
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }

  /** Makes room for another user's connection. @returns whether there was an idle one. */
  #closeLeastRecentlyUsed(): boolean {
    const [connection] = this.#idle.values().next().value ?? []
    if (connection !== undefined) this.#close(connection)
    return connection !== undefined
  }

  #close(connection: UpstreamConnection): void {
    this.#forget(connection)
    connection.socket.destroy()
  }

  #forget(connection: UpstreamConnection): void {
    this.#connections.delete(connection)
    const stack = this.#idle.get(connection.user) ?? []
    const at = stack.indexOf(connection)
    if (at === -1) return
    stack.splice(at, 1)
    if (stack.length === 0) this.#idle.delete(connection.user)
  }

  /** Closes all connections, in use or not. */
  close(): void {
    this.#closed = true
    clearInterval(this.#sweeper)
    for (const call of this.#queue) call.abort()
    for (const { socket } of this.#connections) socket.destroy()
  }
}
