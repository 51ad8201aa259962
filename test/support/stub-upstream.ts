// The app behind the proxies under test: records what reaches it, byte for byte where that counts, and answers as told.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface Seen {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  /** The values of all lines of a header, in order. */
  all(name: string): string[]
  /** Filled when the body has ended. */
  body: { bytes: number; sha256: string; complete: boolean } | undefined
}

type Handler = (request: IncomingMessage, response: ServerResponse, seen: Seen) => void
type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

const echo: Handler = (request, response, seen) => {
  request.on('end', () => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method: seen.method, url: seen.url, body: seen.body }))
  })
}
const refuseUpgrade: UpgradeHandler = (_, socket) =>
  socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')

export class StubUpstream implements AsyncDisposable {
  readonly seen: Seen[] = []
  handler: Handler = echo
  upgrade: UpgradeHandler = refuseUpgrade
  port = 0
  readonly #sockets = new Set<Socket>()
  #server = makeServer()

  async listen(port = 0): Promise<this> {
    // a closed server of Node listens again, but with its old listeners: a new one is clearer
    this.#server = makeServer()
    this.#server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('error', () => {})
    })
    this.#server.on('request', (request, response) => this.#record(request, response))
    this.#server.on('checkContinue', (request, response) => {
      response.writeContinue()
      this.#record(request, response)
    })
    this.#server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => {})
      this.seen.push(seenOf(request))
      this.upgrade(request, socket, head)
    })
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as AddressInfo).port
    return this
  }

  get connections(): number {
    return this.#sockets.size
  }

  /** By all open connections together. */
  get bytesSent(): number {
    return [...this.#sockets].reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0)
  }

  /** Forgets what came and goes back to answering with an echo. */
  reset(): void {
    this.seen.length = 0
    this.handler = echo
    this.upgrade = refuseUpgrade
  }

  /** The one request that came. */
  get only(): Seen {
    const [first, ...more] = this.seen
    if (first === undefined || more.length > 0)
      throw new Error(`expected one request upstream, got ${this.seen.length}`)
    return first
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return
    this.#server.close()
    this.dropConnections()
    await once(this.#server, 'close')
  }

  #record(request: IncomingMessage, response: ServerResponse): void {
    const seen = seenOf(request)
    this.seen.push(seen)
    const hash = createHash('sha256')
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      hash.update(chunk)
    })
    request.on('close', () => {
      seen.body ??= { bytes, sha256: '', complete: false }
    })
    request.on('end', () => {
      seen.body = { bytes, sha256: hash.digest('hex'), complete: true }
    })
    request.on('error', () => {})
    response.on('error', () => {})
    this.handler(request, response, seen)
  }
}

const makeServer = (): Server =>
  createServer({ requestTimeout: 0, keepAliveTimeout: 5000, maxHeaderSize: 128 * 1024 })

function seenOf(request: IncomingMessage): Seen {
  const { rawHeaders } = request
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    rawHeaders,
    all: name =>
      rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name.toLowerCase()),
    body: undefined,
  }
}
