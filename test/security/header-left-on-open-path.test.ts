// Where no login is asked, a client's identity headers are dropped all the same (Caddy GHSA-7r4p-vjf4-gxv4 left them).
import { afterEach, expect, test } from 'vitest'
import { LOGIN, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
afterEach(() => guard[Symbol.asyncDispose]())

test('an open path forwards no user name and no credentials', async () => {
  guard = await TestGuard.start({ allowPaths: ['/open'], userHeader: 'X-Who' })
  const lines = ['X-Who: root', 'X_Who: root', 'X-Forwarded-User: root', 'X-Forwarded-For: 10.0.0.1', LOGIN]
  expect(await guard.status('GET /open HTTP/1.1', ...lines)).toBe(200)
  const [got] = guard.received
  expect(got?.rawHeaders.join()).not.toMatch(/root|10\.0\.0\.1|Basic/)
  expect(got?.values('x-forwarded-for')).toEqual(['127.0.0.1'])
})
