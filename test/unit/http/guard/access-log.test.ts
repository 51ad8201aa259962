import { expect, test } from 'vitest'
import { type AccessLogEntry, formatAccessLogEntry } from '../../../../src/http/guard/access-log.ts'

const entry: AccessLogEntry = {
  time: new Date('2026-11-24T01:02:03.004Z'),
  address: '192.0.2.7',
  user: 'alice',
  method: 'GET',
  path: '/ajax-api/2.0/x',
  status: 200,
  bytes: 1234,
  milliseconds: 1.2345,
  aborted: false,
  reason: undefined,
}

test('the text format', () => {
  expect(formatAccessLogEntry(entry, 'text')).toBe(
    '2026-11-24T01:02:03.004Z 192.0.2.7 alice GET /ajax-api/2.0/x 200 1234B 1.2ms',
  )
  expect(
    formatAccessLogEntry(
      { ...entry, user: undefined, status: 401, reason: 'rejected', aborted: true },
      'text',
    ),
  ).toMatch(/ - GET .* 401 .* rejected aborted$/)
})

test('the text format has the cause in brackets', () =>
  expect(formatAccessLogEntry({ ...entry, reason: 'cross-site', cause: 'Origin: x' }, 'text')).toMatch(
    / cross-site \(Origin: x\)$/,
  ))

test('the JSON format has all fields in every line', () => {
  expect(JSON.parse(formatAccessLogEntry({ ...entry, user: undefined }, 'json'))).toEqual({
    time: '2026-11-24T01:02:03.004Z',
    address: '192.0.2.7',
    user: null,
    method: 'GET',
    path: '/ajax-api/2.0/x',
    status: 200,
    bytes: 1234,
    milliseconds: 1.2,
    aborted: false,
    reason: null,
    cause: null,
  })
})

test.each([
  ['a newline', 'a\r\nb'],
  ['a terminal sequence', 'a\u001b[2Jb'],
  ['a C1 control', 'a\u009bb'],
  ['a line separator', 'a\u2028b'],
  ['a space', 'a b'],
])('%s in a name cannot leave its field', (_, user) => {
  const text = formatAccessLogEntry({ ...entry, user }, 'text')
  expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/)
  expect(text.split(' ')).toHaveLength(8)
  expect(formatAccessLogEntry({ ...entry, user }, 'json').split('\n')).toHaveLength(1)
})

test('a token is named by its id, in both formats', () => {
  const withToken = { ...entry, credentials: 'token:3fK9aQ2x' }
  expect(formatAccessLogEntry(withToken, 'text')).toMatch(/ alice GET .* 1\.2ms token:3fK9aQ2x$/)
  expect(JSON.parse(formatAccessLogEntry(withToken, 'json'))).toMatchObject({
    user: 'alice',
    credentials: 'token:3fK9aQ2x',
  })
})

test.each<[what: string, change: Partial<AccessLogEntry>, line: string]>([
  [
    'a request',
    { httpVersion: '1.0', referer: 'https://x/', userAgent: 'curl/8' },
    '192.0.2.7 - alice [24/Nov/2026:01:02:03 +0000] "GET /ajax-api/2.0/x HTTP/1.0" 200 1234 "https://x/" "curl/8"',
  ],
  [
    'a failed login of an existing user',
    { user: undefined, attempted: 'al ice', status: 401, bytes: 0 },
    '192.0.2.7 - al\\x20ice [24/Nov/2026:01:02:03 +0000] "GET /ajax-api/2.0/x HTTP/1.1" 401 - "-" "-"',
  ],
  [
    'what would end a field',
    { user: undefined, path: '/\u00e9"\\', userAgent: 'a"\n' },
    '192.0.2.7 - - [24/Nov/2026:01:02:03 +0000] "GET /\\xc3\\xa9\\"\\\\ HTTP/1.1" 200 1234 "-" "a\\"\\x0a"',
  ],
  [
    'no request',
    { user: undefined, method: '-', path: '-', status: 0 },
    '192.0.2.7 - - [24/Nov/2026:01:02:03 +0000] "-" - 1234 "-" "-"',
  ],
])('combined: %s', (_, change, line) =>
  expect(formatAccessLogEntry({ ...entry, ...change }, 'combined')).toBe(line),
)

test('the user of a failed login is the last field of text', () =>
  expect(
    formatAccessLogEntry({ ...entry, user: undefined, reason: 'rejected', attempted: 'a b' }, 'text'),
  ).toMatch(/ rejected login=a\\u0020b$/))
