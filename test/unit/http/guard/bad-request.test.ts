// Which errors of node's parser are answered, and with what.
import { PassThrough } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { rejectMalformedRequest, statusOfParserError } from '../../../../src/http/guard/bad-request.ts'

afterEach(() => {
  vi.useRealTimers()
})

test.each([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_INVALID_METHOD', 400],
  ['HPE_INVALID_EOF_STATE', 400],
  ['ECONNRESET', undefined],
  [undefined, undefined],
])('%s: %s', (code, status) => {
  expect(statusOfParserError(Object.assign(new Error(), code !== undefined && { code }))).toBe(status)
})

test('an answer is whole, and is not sent where nobody can read it', async () => {
  const socket = new PassThrough()
  expect(rejectMalformedRequest(socket, 408)).toBe(20)
  expect(String(socket.read())).toBe(
    'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\n408 Request Timeout\n',
  )
  expect(rejectMalformedRequest(socket, 408)).toBeUndefined()
  socket.destroy()
})

test('what is open only for the rest of a body is closed in a second', () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const socket = new PassThrough().end()
  expect(rejectMalformedRequest(socket, 400)).toBeUndefined()
  vi.advanceTimersByTime(999)
  expect(socket.destroyed).toBe(false)
  vi.advanceTimersByTime(1)
  expect(socket.destroyed).toBe(true)
})
