// Connections that leave HTTP: WebSocket and other upgrades (RFC 9110 section 7.8).
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { hasBody } from './request-body.ts'

/** The client's connection and what it sent behind the handshake. */
export interface UpgradeRequest {
  readonly socket: Socket
  readonly head: Buffer
}

/**
 * A response for a request that came with an upgrade: node:http leaves these with a bare socket.
 *
 * @returns undefined where an earlier request of the connection has no response yet: whoever sends an upgrade behind
 *   one cannot know what it would be answered, and such a connection is not worth keeping.
 */
export function responseFor(req: IncomingMessage, socket: Socket): ServerResponse | undefined {
  const res = new ServerResponse(req)
  res.shouldKeepAlive = false
  try {
    res.assignSocket(socket)
  } catch {
    // ERR_HTTP_SOCKET_ASSIGNED
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

/** An error that nobody hears ends the process, and node:http no longer listens on a connection that it has given away. */
export function ignoreErrors(socket: Duplex): void {
  if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore)
}

/**
 * Joins both connections, once the app has agreed: bytes go through as they come. When one side has ended and its last
 * bytes are through, both are closed: a side that never ends would hold the other for ever.
 */
export function joinSockets(
  res: ServerResponse,
  { socket, head }: UpgradeRequest,
  upstream: Duplex,
  rest: Buffer,
): void {
  res.detachSocket(socket)
  if (head.length > 0) upstream.write(head)
  if (rest.length > 0) socket.write(rest)
  for (const [from, to] of [
    [socket, upstream],
    [upstream, socket],
  ] as const) {
    from.on('error', () => to.destroy())
    // one that has ended is followed when its last bytes are through, below
    from.once('close', () => {
      if (!from.readableEnded) to.destroy()
    })
    // `pipe` ends `to` with `from`
    to.once('finish', () => to.destroy())
    from.pipe(to)
  }
}

/**
 * Whether an offered protocol goes through. HTTP/2 does not: its requests would get past the guard. Nor does what comes
 * with a body: node:http has no request any more that it could be read from.
 */
export const isTunnelled = (req: IncomingMessage): boolean =>
  req.headers.upgrade !== undefined && !/(^|,)\s*(h2|http|tls)/i.test(req.headers.upgrade) && !hasBody(req)

/**
 * The bytes of a request whose upgrade is not taken, without it: RFC 9110 section 7.8 lets a server ignore the field,
 * and clients such as Java's offer h2c with every first request, POST with a body too. Parsed anew it is a plain one.
 */
export function withoutUpgrade(req: IncomingMessage, head: Buffer): Buffer {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`]
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] as string
    if (!/^(upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${req.rawHeaders[i + 1]}`)
  }
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head])
}
