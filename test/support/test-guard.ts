// A guard, an app behind it that remembers what it got, and clients that write raw bytes; all on loopback.
import { type EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import type { AuthenticatorOptions } from '../../src/auth/authenticator-options.ts'
import type { TokenAuthenticator } from '../../src/auth/tokens/token-authenticator.ts'
import type { UserSource } from '../../src/auth/user-source.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { type AccessLogEntry, formatAccessLogEntry } from '../../src/http/guard/access-log.ts'
import { createGuard, type Guard } from '../../src/http/guard/guard.ts'
import type { GuardOptions, GuardParts } from '../../src/http/guard/options.ts'
import { passwordsIn } from './suite-output.ts'

export const PASSWORD = 'correct horse'
export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
/** The login of the one user, as a header line. */
export const LOGIN = `Authorization: ${basic('alice', PASSWORD)}`

/** What the app got. */
export interface Received {
  readonly method: string
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** All values of a header, by its lower-case name. */
  values(name: string): string[]
}

export const toReceived = (req: IncomingMessage, body: Buffer): Received => ({
  method: req.method ?? '',
  target: req.url ?? '',
  rawHeaders: req.rawHeaders,
  body,
  values: name =>
    req.rawHeaders.filter((_, i) => i % 2 === 1 && req.rawHeaders[i - 1]?.toLowerCase() === name),
})

export const portOf = (server: { address(): AddressInfo | string | null }): number =>
  (server.address() as AddressInfo).port

export async function readBody(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** A server on a free loopback port. */
export async function listen<T extends Server>(server: T): Promise<T> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return server
}

/** Answers of an app: with nothing given it says "hello". */
export interface TestGuardSetup extends Omit<Partial<GuardOptions>, 'authenticator'> {
  readonly app?: RequestListener
  readonly authenticator?: AuthenticatorOptions
  readonly users?: ReadonlyMap<string, string> | UserSource
  readonly parts?: GuardParts
  readonly makeTokens?: (authenticator: Authenticator) => TokenAuthenticator
}

export class TestGuard implements AsyncDisposable {
  readonly guard: Guard
  readonly authenticator: Authenticator
  readonly app: Server
  readonly received: Received[]
  readonly log: AccessLogEntry[]
  readonly #sockets = new Set<Socket>()

  private constructor(parts: {
    guard: Guard
    authenticator: Authenticator
    app: Server
    received: Received[]
    log: AccessLogEntry[]
  }) {
    this.guard = parts.guard
    this.authenticator = parts.authenticator
    this.app = parts.app
    this.received = parts.received
    this.log = parts.log
  }

  static async start({
    app: answer,
    authenticator: options,
    users,
    parts = {},
    makeTokens,
    ...rest
  }: TestGuardSetup = {}): Promise<TestGuard> {
    const received: Received[] = []
    const log: AccessLogEntry[] = []
    const server = createServer({ maxHeaderSize: 256 * 1024 }, (req, res) => {
      if (answer !== undefined) return answer(req, res)
      void readBody(req).then(
        body => {
          received.push(toReceived(req, body))
          res.end('hello')
        },
        () => res.destroy(),
      )
    })
    // what is beyond 2000 is dropped, and by some versions of Node refused with 431
    server.maxHeadersCount = 0
    const app = await listen(server)
    const known = users ?? new Map([['alice', await hashPassword(PASSWORD, { format: 'sha1' })]])
    const source =
      known instanceof Map
        ? { get: (name: string | Uint8Array) => known.get(String(name)), users: () => known.keys() }
        : (known as UserSource)
    const authenticator = new Authenticator(source, options)
    const upstream = `http://127.0.0.1:${portOf(app)}`
    const tokens = makeTokens?.(authenticator)
    const guard = createGuard(
      { tokens, upstream, log: entry => log.push(entry), ...rest, authenticator },
      parts,
    )
    await listen(guard.server as Server)
    return new TestGuard({ guard, authenticator, app, received, log })
  }

  get port(): number {
    return portOf(this.guard.server)
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get appOrigin(): string {
    return `http://127.0.0.1:${portOf(this.app)}`
  }

  /** A raw connection; it ends with the guard. */
  connect(): Socket {
    const socket = connect(this.port, '127.0.0.1')
    socket.on('error', () => {})
    this.#sockets.add(socket)
    return socket
  }

  /** Sends bytes and reads until the guard ends the connection. */
  async raw(text: string): Promise<string> {
    const socket = this.connect()
    socket.write(text, 'latin1')
    const chunks: Buffer[] = []
    socket.on('data', chunk => chunks.push(chunk))
    await once(socket, 'close')
    return Buffer.concat(chunks).toString('latin1')
  }

  /** A request of these lines, the last on its connection; the answer's status. */
  async status(...lines: string[]): Promise<number> {
    const [first = '', ...rest] = lines
    const host = rest.some(line => /^host:/i.test(line)) ? [] : ['Host: guard.example']
    const answer = await this.raw(`${[first, ...host, ...rest, 'Connection: close'].join('\r\n')}\r\n\r\n`)
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
  }

  /** Sends such a request as alice and gives what the app got. */
  async forward(...lines: string[]): Promise<Received | undefined> {
    const before = this.received.length
    await this.status(lines[0] ?? '', LOGIN, ...lines.slice(1))
    return this.received[before]
  }

  /** The log, once it has so many entries: an entry comes after the client's last byte. */
  async logged(entries: number): Promise<AccessLogEntry[]> {
    for (let turns = 0; this.log.length < entries && turns < 10_000; turns++) {
      await new Promise(resolve => setImmediate(resolve))
    }
    return this.log
  }

  fetch(
    path: string,
    { user = 'alice', password = PASSWORD, ...init }: RequestInit & { user?: string; password?: string } = {},
  ) {
    const headers = new Headers(init.headers)
    if (user !== '') headers.set('authorization', basic(user, password))
    return fetch(this.url + path, { redirect: 'manual', ...init, headers })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.app.closeAllConnections()
    this.app.close()
    await this.guard.close(0)
    await this.authenticator[Symbol.asyncDispose]()
    const lines = this.log.map(entry => formatAccessLogEntry(entry, 'json'))
    expect(passwordsIn(lines.join('\n')), 'passwords in the access log').toEqual([])
  }
}

/** Reads from a raw connection until the text appears. */
export async function readUntil(socket: Socket, wanted: string | RegExp): Promise<string> {
  let text = ''
  const found = () => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text))
  for (;;) {
    const chunk: Buffer | null = socket.read()
    if (chunk !== null) text += chunk.toString('latin1')
    if (found() || socket.readableEnded || socket.destroyed) return text
    if (chunk === null) await eitherOf(socket, 'readable', 'close')
  }
}

/** Waits for one of the two, and leaves no listener for the other behind. */
export async function eitherOf(emitter: EventEmitter, ...events: [string, string]): Promise<void> {
  const over = new AbortController()
  await Promise.race(events.map(event => once(emitter, event, { signal: over.signal })))
  over.abort()
}
