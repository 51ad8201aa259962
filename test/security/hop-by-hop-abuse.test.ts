// `Connection` may name headers to drop, but never the guard's own (CVE-2024-45410, CVE-2022-31813, fastify-reply-from).
import { afterEach, expect, test } from 'vitest'
import { TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
afterEach(() => guard[Symbol.asyncDispose]())

test('every own header, named in Connection, is still there', async () => {
  guard = await TestGuard.start({ userHeader: 'X-Who' })
  const names =
    'close, X-Forwarded-For, X-Forwarded-Proto, X-Who, Host, Authorization, Cookie, x-forwarded-for'
  const got = await guard.forward(
    'GET / HTTP/1.1',
    `Connection: ${names}`,
    'Cookie: a=1',
    'X-Forwarded-For: 6.6.6.6',
  )
  expect(got?.values('x-forwarded-for')).toEqual(['127.0.0.1'])
  expect(got?.values('x-forwarded-proto')).toEqual(['http'])
  expect(got?.values('x-who')).toEqual(['alice'])
  expect(got?.values('host')).toEqual([guard.appOrigin.slice(7)])
  expect(got?.values('cookie')).toEqual([])
})

test('a body whose length is named in Connection arrives whole', async () => {
  guard = await TestGuard.start()
  const socket = guard.connect()
  const { LOGIN, readUntil } = await import('../support/test-guard.ts')
  socket.write(
    `POST / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nConnection: close, Content-Length\r\nContent-Length: 5\r\n\r\nhello`,
  )
  await readUntil(socket, 'hello')
  expect(guard.received.map(one => one.body.toString())).toEqual(['hello'])
})

test.each([
  'Proxy-Authorization: Basic eDp5',
  'TE: trailers',
  'Trailer: X-A',
  'Keep-Alive: 5',
  'Proxy-Connection: x',
  'HTTP2-Settings: x',
])('%s goes no further', async line => {
  guard = await TestGuard.start()
  const got = await guard.forward('GET / HTTP/1.1', line)
  expect(got?.values(line.split(':')[0]?.toLowerCase() ?? '')).toEqual([])
})
