// Headers made to cost time or memory: long runs of blanks and brackets, heads byte by byte, thousands of long names.
import { expect, test } from 'vitest'
import { ResponseParser } from '../../src/http/client/response-parser.ts'
import { memoizeByName } from '../../src/http/proxy/header-lists.ts'
import { responseHeaderWriter } from '../../src/http/proxy/response-headers.ts'

/** Milliseconds of CPU that quadratic work on 60 KB exceeds many times over. */
const LIMIT = 300
const cpuOf = (work: () => unknown): number => {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user / 1000
}

const write = responseHeaderWriter({ upstreamOrigin: 'http://127.0.0.1:5000', prefix: '/app' })
const blanks = ' '.repeat(60_000)
test.each([
  ['Set-Cookie', `a=b; domain=${blanks}x y`],
  ['Set-Cookie', `a=b; path${blanks}x`],
  ['Set-Cookie', ';'.repeat(60_000)],
  ['Link', '<'.repeat(60_000)],
  ['Link', '<>'.repeat(30_000)],
  ['Refresh', `0;${blanks}url${blanks}`],
  ['Refresh', `${'0'.repeat(60_000)}x`],
  ['Location', `//127.0.0.1:5000/${'\t'.repeat(60_000)}x`],
  ['Connection', ', '.repeat(30_000)],
  ['Connection', `${blanks}close`],
])('%s', (name, value) => {
  expect(cpuOf(() => write([name, value], undefined, 200))).toBeLessThan(LIMIT)
})

test('a head that arrives byte by byte', () => {
  const sink = { onInterim() {}, onHead() {}, onData: () => true, onEnd() {}, onSwitch() {} }
  const parser = new ResponseParser(sink, 65_536)
  parser.begin('GET', undefined)
  const bytes = Buffer.from(`HTTP/1.1 200 OK\r\nX-A: ${'x'.repeat(60_000)}\r\nContent-Length: 0\r\n\r\n`)
  expect(
    cpuOf(() => {
      for (let i = 0; i < bytes.length; i++) parser.push(bytes.subarray(i, i + 1))
    }),
  ).toBeLessThan(LIMIT)
})

test('names beyond 64 characters are not remembered, however many come, and take no room from others', () => {
  const asked: string[] = []
  const rule = memoizeByName(name => {
    asked.push(name)
    return name.length
  })
  for (let i = 0; i < 2000; i++) rule(`${'x'.repeat(1000)}${i}`)
  rule('Host')
  asked.length = 0
  rule('Host')
  rule(`${'x'.repeat(1000)}0`)
  expect(asked).toHaveLength(1)
})
