import { expect, test } from 'vitest'
import { lineEnd, ProtocolError, parseHead } from '../../../../src/http/client/response-head.ts'

test.each([
  ['HTTP/1.1 200 OK', 200, 'OK', '1'],
  ['HTTP/1.0 404 Not  Found', 404, 'Not  Found', '0'],
  ['HTTP/1.1 204', 204, '', '1'],
  ['HTTP/1.1 204 ', 204, '', '1'],
])('%j is status %d, reason %j, minor version %s', (line, status, reason, minor) => {
  for (const headers of [[], ['X-A', '1']]) {
    const text = headers.length === 0 ? line : `${line}\r\n${headers.join(':')}`
    expect(parseHead(text)).toEqual({ head: { status, reason, headers }, minor })
  }
})

test.each([
  'HTTP/1.1 2000 OK',
  'HTTP/1.1 099 Low',
  'HTTP/1.1  200 OK',
  'http/1.1 200 OK',
  ' HTTP/1.1 200',
  '',
])('%j is no status line', line => expect(() => parseHead(line)).toThrow(ProtocolError))

test('a colon of the next line is none of this one', () =>
  expect(() => parseHead('HTTP/1.1 200 OK\r\nX-A\r\nX-B: 1')).toThrow(ProtocolError))

test('a line ends at CRLF or with the text, at nothing else', () => {
  expect(lineEnd('ab\r\ncd', 0)).toBe(2)
  expect(lineEnd('ab\r\ncd', 4)).toBe(6)
  for (const text of ['a\nb', 'a\rb', 'a\n\r\n', 'a\r\r\n', 'a\r']) {
    expect(() => lineEnd(text, 0)).toThrow(ProtocolError)
  }
})
