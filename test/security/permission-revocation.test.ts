// A user who loses a permission is refused at the next request, and open streams are cut.
import { once } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parseRules } from '../../src/access/rule.ts'
import { createPolicy } from '../../src/access/rules.ts'
import { LOGIN, readUntil, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
let rules = parseRules('GET /** user:alice\n')
beforeEach(async () => {
  rules = parseRules('GET /** user:alice\n')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  guard = await TestGuard.start({
    access: createPolicy({ rules: () => rules }),
    app: (_, res) => res.write('one'),
  })
})
afterEach(async () => {
  vi.useRealTimers()
  await guard[Symbol.asyncDispose]()
})

test('a stream ends within a second, and the next request is refused', async () => {
  const socket = guard.connect()
  socket.write(`GET /stream HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`)
  await readUntil(socket, 'one')
  vi.advanceTimersByTime(1000)
  expect(socket.destroyed).toBe(false)
  rules = parseRules('GET /** user:bob\n')
  vi.advanceTimersByTime(1000)
  socket.resume()
  await once(socket, 'close')
  expect(await guard.status('GET /stream HTTP/1.1', LOGIN)).toBe(403)
  expect((await guard.logged(1))[0]).toMatchObject({ reason: 'revoked', user: 'alice' })
})
