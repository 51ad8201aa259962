// A deleted user's upload, and the response they wait for, end within a second, not when they are complete.
import { once } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { LOGIN, PASSWORD, TestGuard } from '../support/test-guard.ts'

const hash = await hashPassword(PASSWORD, { format: 'sha1' })
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test.each([
  ['an upload', 'PUT / HTTP/1.1', 'Content-Length: 1000000', 'piece'],
  ['a request that the app has not responded to', 'GET / HTTP/1.1', 'Accept: */*', ''],
])('%s', async (_, line, header, body) => {
  const users = new Map([['alice', hash]])
  let arrived = (): void => {}
  const pending = new Promise<void>(resolve => (arrived = resolve))
  let aborted: Promise<unknown> | undefined
  await using guard = await TestGuard.start({
    users,
    app: (req, res) => {
      aborted = once(res, 'close')
      req.on('error', () => {}).resume()
      arrived()
    },
  })
  const socket = guard.connect()
  socket.write(`${line}\r\nHost: x\r\n${LOGIN}\r\n${header}\r\n\r\n${body}`)
  await pending
  users.delete('alice')
  vi.advanceTimersByTime(1000)
  await Promise.all([once(socket.resume(), 'close'), aborted])
  expect(await guard.logged(1)).toMatchObject([{ user: 'alice', reason: 'revoked' }])
})
