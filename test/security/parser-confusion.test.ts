// Credentials are read in one way or not at all (CVE-2017-3167, CVE-2007-3946: servers that read more than was there).
import { afterEach, beforeEach, expect, test } from 'vitest'
import { basic, LOGIN, PASSWORD, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
beforeEach(async () => {
  guard = await TestGuard.start()
})
afterEach(() => guard[Symbol.asyncDispose]())

const token = basic('alice', PASSWORD).slice(6)

test.each([
  ['two logins, a right one first', [LOGIN, 'Authorization: Basic eDp5']],
  ['two logins, a right one last', ['Authorization: Basic eDp5', LOGIN]],
  ['two right ones', [LOGIN, LOGIN]],
  ['a comma between two', [`Authorization: Basic ${token}, Basic ${token}`]],
  ['no padding', [`Authorization: Basic ${token.replace(/=+$/, '')}x`]],
  ['spaces inside', [`Authorization: Basic ${token.slice(0, 4)} ${token.slice(4)}`]],
  ['the alphabet for URLs', ['Authorization: Basic __--']],
  ['another scheme', [`Authorization: Bearer ${token}`]],
  ['no scheme', [`Authorization: ${token}`]],
  ['a name in another header', [`Proxy-Authorization: Basic ${token}`]],
  ['an underscore', ['Authorization_: x', `Authorization.: Basic ${token}`]],
])('%s: 401', async (_, lines) => {
  expect(await guard.status('GET / HTTP/1.1', ...lines)).toBe(401)
  expect(guard.received).toEqual([])
})

test.each(['basic', 'BASIC', 'Basic'])('the scheme %s is the same', async scheme =>
  expect(await guard.status('GET / HTTP/1.1', `Authorization: ${scheme} ${token}`)).toBe(200),
)
