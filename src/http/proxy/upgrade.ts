// Connections that leave HTTP: WebSocket, and other protocols that are allowed (RFC 9110 section 7.8).
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { HtpasswdError } from '../../errors.ts'
import { hasBody } from './request-body.ts'

/** How many bytes after a handshake are kept until the app has responded to it. */
const MAX_EARLY_BYTES = 64 * 1024

/**
 * Finds the protocol that a request may switch to, in lower case; undefined if it stays a plain request (RFC 9110
 * section 7.8 lets a server ignore the field).
 */
export type UpgradeFilter = (req: IncomingMessage) => string | undefined

/**
 * Makes the filter: `websocket`, and the protocols of the option, compared exactly.
 *
 * Exactly, because servers trim more than HTTP does: `Upgrade: <0x85>h2c` is HTTP/2 to Hypercorn, whose requests would
 * get past the guard (CVE-2026-88008 of Traefik). A body that comes with an upgrade, as from `docker exec`, has to be
 * short: it is read before the app is asked.
 */
export function createUpgradeFilter(protocols: readonly string[]): UpgradeFilter {
  const allowed = new Set(['websocket', ...protocols.map(protocol => protocol.toLowerCase())])
  return req => {
    const protocol = req.headers.upgrade?.toLowerCase()
    if (protocol === undefined || req.httpVersion !== '1.1' || !allowed.has(protocol)) return undefined
    if (hasBody(req) && (req.headers['transfer-encoding'] !== undefined || bodyLength(req) > MAX_EARLY_BYTES))
      return undefined
    return protocol
  }
}

const bodyLength = (req: IncomingMessage): number => Number(req.headers['content-length'] ?? 0)

/** @throws HtpasswdError `ERR_OPTION` for what is no protocol name, or a version of HTTP. */
export function checkUpgradeProtocol(protocol: string): string {
  // protocol = protocol-name ["/" protocol-version]   (RFC 9110 section 7.8)
  if (/^[\w!#$%&'*+.^`|~-]+(\/[\w!#$%&'*+.^`|~-]+)?$/.test(protocol) && !/^(h2|http|tls)/i.test(protocol))
    return protocol
  throw new HtpasswdError(
    'ERR_OPTION',
    `"allowUpgrades" expected protocols such as tcp, and none of HTTP whose requests would not be checked, got ${JSON.stringify(protocol)}`,
  )
}

/**
 * The client's side of an upgrade. Its socket is read from the start: only reading shows that the client has left. What
 * it sends before the app has answered is kept.
 */
export class ClientUpgrade {
  readonly socket: Socket
  /** The requested protocol, in lower case. */
  readonly protocol: string
  readonly #bodyLength: number
  #early: Buffer[]
  #earlyBytes: number
  #onBody: (() => void) | undefined

  constructor(req: IncomingMessage, socket: Socket, head: Buffer, protocol: string) {
    this.socket = socket
    this.protocol = protocol
    this.#bodyLength = bodyLength(req)
    this.#early = [head]
    this.#earlyBytes = head.length
    // Node 26 parses the body and gives it in `req`; earlier versions leave it at the start of what follows the head
    if (!req.complete || req.readableLength > 0) req.on('data', this.#onData)
    socket.on('data', this.#onData).once('end', this.#onLeave)
  }

  /** Calls back with the request's body once it is complete; at once if there is none. */
  readBody(callback: (body: Buffer) => void): void {
    this.#onBody = () => {
      if (this.#earlyBytes < this.#bodyLength) return
      this.#onBody = undefined
      const early = Buffer.concat(this.#early)
      this.#early = [early.subarray(this.#bodyLength)]
      callback(early.subarray(0, this.#bodyLength))
    }
    this.#onBody()
  }

  /** Hands the socket over. @returns what the client sent after the handshake so far. */
  detach(): Buffer {
    this.socket.off('data', this.#onData).off('end', this.#onLeave).pause()
    return Buffer.concat(this.#early)
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#early.push(chunk)
    this.#earlyBytes += chunk.length
    this.#onBody?.()
    if (this.#earlyBytes > this.#bodyLength + MAX_EARLY_BYTES) this.socket.pause()
  }

  /** The 'close' of the socket ends the response, and with it the request to the app. */
  readonly #onLeave = (): void => {
    this.socket.destroy()
  }
}

/**
 * Creates the response to a request that came with an upgrade: node:http gives only a bare socket for these.
 *
 * @returns undefined if an earlier request of the connection has no response yet. A client that sends an upgrade before
 *   it has that response cannot know what would be upgraded, so its connection is closed.
 */
export function responseFor(req: IncomingMessage, socket: Socket): ServerResponse | undefined {
  const res = new ServerResponse(req)
  res.shouldKeepAlive = false
  try {
    res.assignSocket(socket)
  } catch {
    // node:http throws ERR_HTTP_SOCKET_ASSIGNED
    return undefined
  }
  ignoreErrors(socket)
  res.once('finish', () => {
    res.detachSocket(socket)
    socket.destroySoon()
    res.emit('close')
  })
  return res
}

const ignore = (): void => {}

/** After 'upgrade', node:http has removed its 'error' listener: without another, an error would end the process. */
export function ignoreErrors(socket: Duplex): void {
  if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore)
}

/**
 * Pipes both sockets into each other once the app has switched protocols. When one side ends, both are destroyed as
 * soon as its last bytes have been passed on; otherwise a side that never ends would keep the other open.
 */
export function joinSockets(
  res: ServerResponse,
  client: ClientUpgrade,
  upstream: Duplex,
  rest: Buffer,
): void {
  const { socket } = client
  const early = client.detach()
  res.detachSocket(socket)
  if (early.length > 0) upstream.write(early)
  if (rest.length > 0) socket.write(rest)
  for (const [from, to] of [
    [socket, upstream],
    [upstream, socket],
  ] as const) {
    from.on('error', () => to.destroy())
    // after a regular end, 'finish' below comes once the last bytes were passed on
    from.once('close', () => {
      if (!from.readableEnded) to.destroy()
    })
    // `pipe` ends `to` with `from`
    to.once('finish', () => to.destroy())
    from.pipe(to)
  }
}

/**
 * The bytes of a request without its upgrade, to be parsed again as a plain request: some clients, such as Java's,
 * offer h2c with each first request, even with a body.
 */
export function withoutUpgrade(req: IncomingMessage, head: Buffer): Buffer {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`]
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] as string
    if (!/^(upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${req.rawHeaders[i + 1]}`)
  }
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head])
}
