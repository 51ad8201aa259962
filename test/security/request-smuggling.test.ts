// A request that two servers could read in two ways is refused, its connection ends, and the app sees none of it
// (CVE-2023-25690, CVE-2022-26377; llhttp's CVE-2022-32213 to 32215).
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LOGIN, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
beforeEach(async () => {
  guard = await TestGuard.start()
})
afterEach(() => guard[Symbol.asyncDispose]())

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
const post = (...lines: string[]) =>
  `POST /x HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n${lines.join('\r\n')}\r\n\r\n`

test.each([
  ['CL.TE', `${post('Content-Length: 6', 'Transfer-Encoding: chunked')}0\r\n\r\n${SMUGGLED}`],
  ['TE.CL', `${post('Transfer-Encoding: chunked', 'Content-Length: 4')}5c\r\n${SMUGGLED}\r\n0\r\n\r\n`],
  ['two lengths', `${post('Content-Length: 5', 'Content-Length: 6')}hello${SMUGGLED}`],
  ['two equal lengths', `${post('Content-Length: 5', 'Content-Length: 5')}hello`],
  ['a list of lengths', `${post('Content-Length: 5, 5')}hello`],
  ['a signed length', `${post('Content-Length: +5')}hello`],
  ['a length in hexadecimal', `${post('Content-Length: 0x5')}hello`],
  ['an empty length', post('Content-Length:')],
  ['a length beyond all numbers', post('Content-Length: 99999999999999999999')],
  ['a space before the colon', `${post('Transfer-Encoding : chunked')}0\r\n\r\n`],
  ['another coding', `${post('Transfer-Encoding: xchunked')}0\r\n\r\n`],
  ['gzip, chunked', `${post('Transfer-Encoding: gzip, chunked')}0\r\n\r\n`],
  ['chunked, identity', `${post('Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}0\r\n\r\n`],
  ['chunked twice', `${post('Transfer-Encoding: chunked, chunked')}0\r\n\r\n`],
  ['a vertical tab', `${post('Transfer-Encoding: \x0bchunked')}0\r\n\r\n`],
  ['a folded line', post('X-A: b', ' Transfer-Encoding: chunked')],
  ['a folded coding', `${post('Transfer-Encoding:', ' chunked')}0\r\n\r\n`],
  ['bare LF', `POST /x HTTP/1.1\nHost: x\n${LOGIN}\nContent-Length: 0\n\n`],
  ['one bare LF', post('X-A: b\nContent-Length: 5')],
  ['a bare CR', post('X-A: b\rContent-Length: 5')],
  ['a NUL', post('X-A: b\0c')],
  [
    'chunked in HTTP/1.0',
    `POST /x HTTP/1.0\r\nHost: x\r\n${LOGIN}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  ['two hosts', post('Host: y', 'Content-Length: 0')],
  ['absolute-form', `GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`],
  ['a space in the target', `GET /x y HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`],
  ['a control character in the target', `GET /x\x01 HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`],
  ['HTTP/2 in clear text', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/0.9', 'GET /x\r\n\r\n'],
])('%s', async (_, text) => {
  const answer = await guard.raw(text)
  expect(answer).toMatch(/^HTTP\/1\.1 (400|405|501|505) /)
  expect(guard.received).toEqual([])
  expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1)
})

describe('chunks that are read in two ways', () => {
  // the head is fine, so the app may see the request begin; it must never see it end
  test.each([
    ['a size in hexadecimal with its prefix', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a size with a sign', '+5\r\nhello\r\n0\r\n\r\n'],
    ['a size with a space', '5 \r\nhello\r\n0\r\n\r\n'],
    ['a bare LF behind the size', '5\nhello\r\n0\r\n\r\n'],
    ['a bare LF behind the data', '5\r\nhello\n0\r\n\r\n'],
    ['more data than its size', '5\r\nhello!\r\n0\r\n\r\n'],
    ['a size beyond all numbers', 'ffffffffffffffffff\r\nhello\r\n0\r\n\r\n'],
  ])('%s', async (_, chunks) => {
    await guard.raw(`${post('Transfer-Encoding: chunked')}${chunks}${SMUGGLED}`)
    expect(guard.received).toEqual([])
  })
})

test('the request body is framed again: chunk extensions are dropped', async () => {
  await guard.raw(`${post('Transfer-Encoding: chunked', 'Connection: close')}5;evil=1\r\nhello\r\n0\r\n\r\n`)
  expect(guard.received.map(one => one.body.toString())).toEqual(['hello'])
})

test('a second request in the same segment needs its own login', async () => {
  const answer = await guard.raw(
    `${post('Content-Length: 5')}hello${SMUGGLED.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 401 /)
  expect(guard.received).toHaveLength(1)
})

test.each(['Content_Length: 100', 'Transfer.Encoding: chunked', 'Content-Length_: 5'])(
  '%s is no framing for the app',
  async line => {
    const got = await guard.forward('POST / HTTP/1.1', 'Content-Length: 0', line)
    expect(got?.rawHeaders.join()).not.toMatch(/content_length: 100|transfer\.encoding/i)
  },
)
