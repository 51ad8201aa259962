// Connections and pipelines that occupy a guard: nobody who has the password is kept out, and work stays bounded.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LOGIN, readUntil, TestGuard } from '../support/test-guard.ts'

const ASK = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
const ALICE = `GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Opens connections that have had a 401, and stay open. */
async function occupy(guard: TestGuard, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => guard.connect())
  for (const socket of sockets) socket.write(ASK)
  await Promise.all(sockets.map(socket => readUntil(socket, ' 401 ')))
  return sockets
}

test('silent connections without a login do not shut out their address', async () => {
  await using guard = await TestGuard.start({ maxConnectionsPerAddress: 10 })
  const silent = await occupy(guard, 10)
  // a second later they are idle, and the longest idle one gives way
  vi.advanceTimersByTime(1000)
  const closed = Promise.race(silent.map(socket => once(socket, 'close')))
  const alice = guard.connect()
  alice.write(ALICE)
  expect(await readUntil(alice, 'hello')).toMatch(/^HTTP\/1\.1 200 /)
  await closed
  const reached = guard.log.filter(({ reason }) => reason === 'connection-limit')
  expect(reached).toMatchObject([{ address: '127.0.0.1', status: 0, method: '-' }])
})

describe('forms that do not end', () => {
  const FORM =
    'POST /.htpasswd/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nusername'

  test('do not shut out their address', async () => {
    await using guard = await TestGuard.start({ maxConnectionsPerAddress: 10, login: {} })
    let begun = 0
    guard.guard.server.on('request', () => void begun++)
    const slow = Array.from({ length: 10 }, () => guard.connect())
    for (const socket of slow) socket.write(FORM)
    await vi.waitUntil(() => begun === 10)
    vi.advanceTimersByTime(1000)
    const closed = Promise.race(slow.map(socket => once(socket, 'close')))
    expect(await guard.raw(ALICE.replace('Host: x', 'Host: x\r\nConnection: close'))).toMatch(
      /^HTTP\/1\.1 200 /,
    )
    await closed
  })

  test('end their connection after 20 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await using guard = await TestGuard.start({ login: {} })
    const begun = once(guard.guard.server, 'request')
    const slow = guard.connect()
    slow.write(FORM)
    await begun
    const closed = once(slow, 'close')
    vi.advanceTimersByTime(20_000)
    await closed
    vi.useRealTimers()
  })
})

test('256 clients of one address that connect at once all get a response', async () => {
  await using guard = await TestGuard.start()
  const sockets = Array.from({ length: 256 }, () => guard.connect())
  for (const socket of sockets) socket.write(ALICE)
  const responses = await Promise.all(sockets.map(socket => readUntil(socket, 'hello')))
  expect(responses.filter(response => response.startsWith('HTTP/1.1 200 '))).toHaveLength(256)
})

test('where all connections are busy, a new one gets a 503, not a reset', async () => {
  const waiting: (() => void)[] = []
  await using guard = await TestGuard.start({
    maxConnectionsPerAddress: 2,
    allowPaths: ['/open'],
    app: (_, res) => void waiting.push(() => res.end()),
  })
  const busy = [guard.connect(), guard.connect()]
  for (const socket of busy) socket.write('GET /open HTTP/1.1\r\nHost: x\r\n\r\n')
  await vi.waitUntil(() => waiting.length === 2)
  vi.advanceTimersByTime(1000)
  const response = await guard.raw(ALICE)
  expect(response).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 5\r\n/i)
  for (const respond of waiting) respond()
})

test('a connection without a login is kept for a few seconds, one with a login longer', async () => {
  await using guard = await TestGuard.start()
  const timeouts: number[] = []
  guard.guard.server.on('connection', (socket: Socket) => {
    const { setTimeout } = socket
    socket.setTimeout = (milliseconds, callback) => {
      timeouts.push(milliseconds)
      return setTimeout.call(socket, milliseconds, callback)
    }
  })
  await occupy(guard, 1)
  await guard.logged(1)
  expect(timeouts.at(-1)).toBe(5000)
  const alice = guard.connect()
  alice.write(ALICE)
  await readUntil(alice, 'hello')
  await guard.logged(2)
  expect(timeouts.at(-1)).toBeGreaterThanOrEqual(75_000)
})

test.each([
  ['without a login', ASK],
  ['with a login', ALICE],
])(
  '20,000 pipelined requests %s end their connection, and reach the app 16 times at most',
  async (_, ask) => {
    let reached = 0
    await using guard = await TestGuard.start({ app: () => void reached++ })
    const socket = guard.connect()
    socket.write(ask.repeat(20_000))
    // not events.once: the reset over unread requests is an error for it
    await new Promise(resolve => socket.resume().once('close', resolve))
    expect((await guard.logged(1)).some(({ reason }) => reason === 'pipelining')).toBe(true)
    expect(reached).toBeLessThanOrEqual(16)
    expect(await guard.status('GET /.htpasswd/health HTTP/1.1')).toBe(200)
  },
)
