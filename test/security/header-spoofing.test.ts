// A client cannot say who it is or where it comes from, in any spelling that an app could read (CVE-2025-64484,
// CVE-2026-54763, CVE-2026-39858: underscores; CVE-2026-33433: letter case; Traefik 3.7.13: dots).
import { afterEach, expect, test } from 'vitest'
import { LOGIN, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
afterEach(() => guard[Symbol.asyncDispose]())

const spellings = [
  'X-Forwarded-User',
  'x-forwarded-user',
  'X_Forwarded_User',
  'X.Forwarded.User',
  'x-FORWARDED_user',
  'X_FORWARDED-USER',
]

test('the user header has one line, the guard’s', async () => {
  guard = await TestGuard.start({ userHeader: 'X-Forwarded-User' })
  const got = await guard.forward('GET / HTTP/1.1', ...spellings.map(name => `${name}: root`))
  const users = got?.rawHeaders
    .filter((_, i) => i % 2 === 0)
    .filter(name => /^x[-_.]forwarded[-_.]user$/i.test(name))
  expect(users).toEqual(['X-Forwarded-User'])
  expect(got?.values('x-forwarded-user')).toEqual(['alice'])
})

test('without the option there is none', async () => {
  guard = await TestGuard.start()
  const got = await guard.forward(
    'GET / HTTP/1.1',
    ...spellings.map(name => `${name}: root`),
    'Remote-User: root',
    'REMOTE_USER: root',
  )
  expect(got?.rawHeaders.join()).not.toContain('root')
})

test.each([
  [['X-Forwarded-For: 127.0.0.1']],
  [['X-Forwarded-For: 1.1.1.1', 'X-Forwarded-For: 127.0.0.1']],
  [['X_Forwarded_For: 6.6.6.6', 'x.forwarded.for: 6.6.6.6', 'Forwarded: for=6.6.6.6', 'X-Real-IP: 6.6.6.6']],
  [['X-Forwarded-For:']],
])('the address is the peer’s, in one line, whatever comes: %j', async lines => {
  guard = await TestGuard.start()
  const got = await guard.forward('GET / HTTP/1.1', ...lines)
  expect(got?.values('x-forwarded-for')).toEqual(['127.0.0.1'])
  expect(got?.rawHeaders.join()).not.toContain('6.6.6.6')
})

test('behind a trusted proxy it is the address that the proxy saw', async () => {
  guard = await TestGuard.start({ trustProxy: ['127.0.0.1'] })
  const got = await guard.forward('GET / HTTP/1.1', 'X-Forwarded-For: 127.0.0.1, 192.168.1.50')
  expect(got?.values('x-forwarded-for')).toEqual(['192.168.1.50'])
})

test('thousands of headers do not push the guard’s own over an app’s limit', async () => {
  guard = await TestGuard.start({ userHeader: 'X-Forwarded-User' })
  // Node keeps 2000 headers of a request and drops the rest, or refuses the request: 22.23 and 26 do
  guard.app.maxHeadersCount = 2000
  const many = Array.from({ length: 3000 }, (_, i) => `X-${i}: y`)
  if ((await guard.status('GET / HTTP/1.1', LOGIN, ...many)) === 431) return
  const got = guard.received[0]
  expect(got?.values('x-forwarded-for')).toEqual(['127.0.0.1'])
  expect(got?.values('x-forwarded-user')).toEqual(['alice'])
})

test.each([
  ...['Forwarded', 'Forwarded-For', 'X-Forwarded', 'X-Client-IP', 'X-Cluster-Client-IP', 'True-Client-IP'],
  ...[
    'Client-IP',
    'Proxy-Client-IP',
    'WL-Proxy-Client-IP',
    'CF-Connecting-IP',
    'Fastly-Client-IP',
    'X-Real-IP',
  ],
])('%s, in which apps look for an address, is dropped', async name => {
  guard = await TestGuard.start()
  const got = await guard.forward('GET / HTTP/1.1', `${name}: 6.6.6.6`)
  expect(got?.rawHeaders.join()).not.toContain('6.6.6.6')
})
