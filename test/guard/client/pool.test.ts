import type { lookup } from 'node:dns'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { Upstream } from '../../../src/http/client/pool.ts'
import { sendTo } from '../../support/recorded-response.ts'
import { listen, portOf } from '../../support/test-guard.ts'

const limits = { timeout: 0, maxHeadBytes: 65536, maxConnections: 100 }
const ends: (() => unknown)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

function open(text: string, more: Partial<ConstructorParameters<typeof Upstream>[1]> = {}): Upstream {
  const upstream = new Upstream(new URL(text), { ...limits, ...more })
  ends.push(() => upstream.close())
  return upstream
}

/** A resolver that gives these addresses and remembers what it was asked. */
function resolver(addresses: { address: string; family: number }[], asked: unknown[] = []) {
  return ((_: string, options: unknown, callback: (error: null, found: typeof addresses) => void) => {
    asked.push(options)
    callback(null, addresses)
  }) as unknown as typeof lookup
}

test('IPv4 addresses of a name are tried first', async () => {
  const app = await listen(createServer((_, res) => res.end('hello')))
  ends.push(() => app.close())
  const asked: unknown[] = []
  const found = [{ address: '127.0.0.1', family: 4 }]
  const upstream = open(`http://app.example:${portOf(app)}`, { lookup: resolver(found, asked) })
  expect(await sendTo(upstream)).toMatchObject({ status: 200, body: 'hello' })
  expect(asked).toMatchObject([{ all: true, order: 'ipv4first' }])
})

test('a name without an address is unreachable, with the cause', async () => {
  const error = Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
  const lookup = ((_: string, __: unknown, callback: (error: Error) => void) => callback(error)) as never
  expect(await sendTo(open('http://app.example:1', { lookup }))).toEqual({
    failure: 'unreachable',
    cause: 'ENOTFOUND',
  })
})

describe('the pool', () => {
  const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
  const turn = () => new Promise(resolve => setImmediate(resolve))

  /** An app that answers each request with the same bytes, and its connections. */
  async function app(answer: string): Promise<{ server: Server; sockets: Socket[]; origin: string }> {
    const sockets: Socket[] = []
    const server = createTcpServer(socket => {
      sockets.push(socket)
      socket.on('error', () => {}).on('data', () => socket.write(answer))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    ends.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return { server, sockets, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  test('one connection serves several requests', async () => {
    const { sockets, origin } = await app(OK)
    const upstream = open(origin)
    for (let i = 0; i < 3; i++) {
      expect(await sendTo(upstream)).toMatchObject({ status: 200, body: 'ok' })
      await turn()
      await turn()
    }
    expect(sockets).toHaveLength(1)
  })

  test('a connection idle for 4 seconds is not reused: uvicorn closes it after 5', async () => {
    const { sockets, origin } = await app(OK)
    const clock = { now: 1000 }
    const upstream = open(origin, { now: () => clock.now })
    for (const [idle, connections] of [
      [0, 1],
      [3999, 1],
      [4001, 2],
    ] as const) {
      clock.now += idle
      expect(await sendTo(upstream)).toMatchObject({ status: 200 })
      await turn()
      await turn()
      expect(sockets).toHaveLength(connections)
    }
  })

  test('unsolicited bytes end the connection and never become the next response', async () => {
    const { sockets, origin } = await app(`${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`)
    const upstream = open(origin)
    for (let i = 1; i <= 3; i++) {
      expect(await sendTo(upstream)).toMatchObject({ status: 200, body: 'ok' })
      await turn()
      await turn()
      expect(sockets).toHaveLength(i)
    }
  })

  test('after Connection: close the next request uses a new connection', async () => {
    const { sockets, origin } = await app(
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    )
    const upstream = open(origin)
    await sendTo(upstream)
    await sendTo(upstream)
    expect(sockets).toHaveLength(2)
  })
})
