// What stays open ends when its user is deleted or has a new password; what others have open goes on.
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hashPassword } from '../../../src/hash/hash-password.ts'
import { basic, PASSWORD, readUntil, TestGuard } from '../../support/test-guard.ts'

const hash = await hashPassword(PASSWORD, { format: 'sha1' })
const other = await hashPassword('new', { format: 'sha1' })

let guard: TestGuard
let users: Map<string, string>
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  users = new Map([
    ['alice', hash],
    ['bob', hash],
  ])
})
afterEach(async () => {
  vi.useRealTimers()
  await guard[Symbol.asyncDispose]()
})

const events = (_req: IncomingMessage, res: ServerResponse): void => {
  res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n')
}

/** Opens something as a user and waits until it has begun. */
async function open(user: string, path: string, begun: string, ...lines: string[]) {
  const socket = guard.connect()
  const login = user === '' ? [] : [`Authorization: ${basic(user, PASSWORD)}`]
  socket.write(`GET ${path} HTTP/1.1\r\n${['Host: x', ...login, ...lines].join('\r\n')}\r\n\r\n`)
  await readUntil(socket, begun)
  return socket
}
const changes = [
  ['deleted', () => users.delete('alice')],
  ['given another password', () => users.set('alice', other)],
] as const

test.each(changes)(
  'an event stream of a user who was %s is cut, and the app learns of it',
  async (_, change) => {
    const responses: ServerResponse[] = []
    const app = (req: IncomingMessage, res: ServerResponse) => {
      responses.push(res)
      events(req, res)
    }
    guard = await TestGuard.start({ users, app, allowPaths: ['/open'] })
    const alice = await open('alice', '/', 'first')
    const others = [await open('bob', '/', 'first'), await open('', '/open', 'first')]
    change()
    vi.advanceTimersByTime(1000)
    await Promise.all([once(alice, 'close'), once(responses[0] as ServerResponse, 'close')])
    expect(others.map(socket => socket.readyState)).toEqual(['open', 'open'])
    expect(await guard.logged(1)).toMatchObject([{ user: 'alice', reason: 'revoked', aborted: true }])
  },
)

test.each(changes)('a WebSocket of a user who was %s is cut on both sides', async (_, change) => {
  guard = await TestGuard.start({ users })
  const ended = new Promise(resolve =>
    guard.app.on('upgrade', (_req, socket) => {
      socket.on('error', () => {}).on('end', resolve)
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
      socket.resume()
    }),
  )
  const alice = await open('alice', '/', '101', 'Connection: Upgrade', 'Upgrade: websocket')
  change()
  vi.advanceTimersByTime(1000)
  await Promise.all([once(alice, 'close'), ended])
  expect(await guard.logged(1)).toMatchObject([{ user: 'alice', status: 101, reason: 'revoked' }])
})

test('without open streams nothing is checked', async () => {
  guard = await TestGuard.start({ users, app: events })
  const before = vi.getTimerCount()
  const alice = await open('alice', '/', 'first')
  expect(vi.getTimerCount()).toBe(before + 1)
  alice.destroy()
  await guard.logged(1)
  vi.advanceTimersByTime(1000)
  expect(vi.getTimerCount()).toBe(before)
})

test('also for a listener of this process', async () => {
  guard = await TestGuard.start({ users, upstream: events })
  const alice = await open('alice', '/', 'first')
  users.delete('alice')
  vi.advanceTimersByTime(1000)
  await once(alice, 'close')
})
