// What a client is told about bytes that are no valid request: by the error of node's parser.
import { PassThrough } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { describeParserError, rejectMalformedRequest } from '../../../../src/http/guard/bad-request.ts'

afterEach(() => {
  vi.useRealTimers()
})

const errorOf = (code: string | undefined, more: object = {}) =>
  Object.assign(new Error(), code !== undefined && { code }, more)

test.each([
  ['HPE_HEADER_OVERFLOW', 431, 'longer than 64 KiB'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'in time'],
  ['HPE_INVALID_URL', 400, 'percent-encoded'],
  ['HPE_INVALID_VERSION', 400, 'HTTP/1.1'],
  ['HPE_PAUSED_H2_UPGRADE', 505, 'HTTP/1.1 only'],
  ['HPE_INVALID_METHOD', 400, 'not a valid HTTP/1.1 request'],
  ['HPE_INVALID_EOF_STATE', 400, 'not a valid HTTP/1.1 request'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413, 'chunk extensions'],
])('%s: %s, %s', (code, status, text) => {
  const malformed = describeParserError(errorOf(code, { reason: 'Invalid char' }))
  expect(malformed).toMatchObject({
    status,
    text: expect.stringContaining(text),
    cause: `${code}: Invalid char`,
  })
})

test.each(['ECONNRESET', undefined])('%s: the connection broke, and nobody waits for a response', code =>
  expect(describeParserError(errorOf(code))).toBeUndefined(),
)

test.each([
  ['LIST /v1/secret HTTP/1.1\r\nHost: x\r\n\r\n', 2, 'LIST'],
  ['VERSION-CONTROL / HTTP/1.1\r\n\r\n', 0, 'VERSION-CONTROL'],
  ['GET / HTTP/1.1\r\nHost: x\r\n\r\nBAN /x HTTP/1.1\r\n\r\n', 28, 'BAN'],
])('%j: 501 names the method', (packet, bytesParsed, method) =>
  expect(
    describeParserError(errorOf('HPE_INVALID_METHOD', { rawPacket: Buffer.from(packet), bytesParsed })),
  ).toEqual({ status: 501, text: `The method ${method} is not supported.`, cause: `the method ${method}` }),
)

test.each(['nonsense\r\n\r\n', '\x16\x03\x01\x02', ' GET / HTTP/1.1\r\n', 'alice:secret\r\n'])(
  '%j has no method',
  packet =>
    expect(
      describeParserError(
        errorOf('HPE_INVALID_METHOD', { rawPacket: Buffer.from(packet, 'latin1'), bytesParsed: 0 }),
      )?.status,
    ).toBe(400),
)

test('the response is complete, and is not sent where nobody can read it', () => {
  const socket = new PassThrough()
  const malformed = { status: 408, text: 'Too late.' } as const
  expect(rejectMalformedRequest(socket, malformed)).toBe(31)
  expect(String(socket.read())).toBe(
    'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 31\r\n\r\n408 Request Timeout: Too late.\n',
  )
  expect(rejectMalformedRequest(socket, malformed)).toBeUndefined()
  socket.destroy()
})

test('a connection that is open only for the rest of a body is closed after a second', () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const socket = new PassThrough().end()
  expect(rejectMalformedRequest(socket, { status: 400, text: 'x' })).toBeUndefined()
  vi.advanceTimersByTime(999)
  expect(socket.destroyed).toBe(false)
  vi.advanceTimersByTime(1)
  expect(socket.destroyed).toBe(true)
})
