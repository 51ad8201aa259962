import { describe, expect, test } from 'vitest'
import { createResponseHeaders } from '../../../../src/http/proxy/response-headers.ts'

const upstreamOrigin = 'http://127.0.0.1:5000'
const write = (
  lines: string[],
  { prefix = '', origin = undefined as string | undefined, status = 200 } = {},
) => createResponseHeaders({ upstreamOrigin, prefix })(lines, origin, status)

test('what an app says stays as it was: order, spelling, repetition, bytes', () => {
  const lines = [
    'X-Frame-Options',
    'SAMEORIGIN',
    'ETag',
    '"a"',
    'Set-Cookie',
    'a=1',
    'Set-Cookie',
    'b=2',
    'content-type',
    'x/\xe4',
  ]
  expect(write(lines)).toEqual({ headers: lines, contentLength: undefined })
})

test('the length is told, and goes last', () => {
  expect(write(['Content-Length', '12', 'Content-Disposition', 'attachment; filename="\xe4"'])).toEqual({
    headers: ['Content-Disposition', 'attachment; filename="\xe4"', 'Content-Length', '12'],
    contentLength: 12,
  })
})

test('a response without a body has no length', () => {
  expect(write(['Content-Length', '5'], { status: 204 })).toEqual({ headers: [], contentLength: undefined })
})

test.each(['Connection', 'Keep-Alive', 'Transfer-Encoding', 'Trailer', 'Upgrade', 'Proxy-Authenticate'])(
  '%s stays there',
  name => expect(write([name, 'x']).headers).toEqual([]),
)

test('so does what Connection names', () => {
  expect(
    write(['Connection', 'X-A', 'X-A', '1', 'connection', 'x-b', 'X-B', '2', 'X-C', '3']).headers,
  ).toEqual(['X-C', '3'])
})

describe('Location', () => {
  test.each([
    ['http://127.0.0.1:5000/x?y#z', '/x?y#z'],
    ['http://localhost:5000/x', '/x'],
    ['HTTP://127.0.0.1:5000', '/'],
    ['http://127.0.0.1:5000?a', '/?a'],
    ['//127.0.0.1:5000/x', '/x'],
    ['http://127.0.0.1:5000//evil.example', '/.//evil.example'],
    ['http://127.0.0.1:5001/x', 'http://127.0.0.1:5001/x'],
    ['http://127.0.0.1:5000.evil.example/', 'http://127.0.0.1:5000.evil.example/'],
    ['https://other.example/', 'https://other.example/'],
    ['/x', '/x'],
    ['x/y', 'x/y'],
  ])('%s becomes %s', (given, mended) =>
    expect(write(['Location', given]).headers).toEqual(['Location', mended]),
  )

  test.each([
    ['http://127.0.0.1:5000/x', '/mlflow/x'],
    ['/x', '/mlflow/x'],
    ['x', 'x'],
  ])('below a prefix %s becomes %s', (given, mended) =>
    expect(write(['location', given], { prefix: '/mlflow' }).headers).toEqual(['location', mended]),
  )
})

describe('Set-Cookie', () => {
  test.each([
    ['s=1; Domain=127.0.0.1; Path=/; HttpOnly', 's=1; Path=/; HttpOnly'],
    ['s=1; domain = .LOCALHOST', 's=1'],
    ['s=1; Domain=example.org', 's=1; Domain=example.org'],
    ['domain=127.0.0.1', 'domain=127.0.0.1'],
  ])('%s becomes %s', (given, mended) =>
    expect(write(['Set-Cookie', given]).headers).toEqual(['Set-Cookie', mended]),
  )

  test('its path moves below the prefix', () => {
    const given = ['Set-Cookie', 's=1; Path=/x; Secure']
    expect(write(given, { prefix: '/mlflow' }).headers).toEqual(['Set-Cookie', 's=1; Path=/mlflow/x; Secure'])
  })
})

describe('cross-origin headers', () => {
  const allow = 'Access-Control-Allow-Origin'
  test("the app's own word stands, unless it names its own address", () => {
    expect(write([allow, 'https://a.example']).headers).toEqual([allow, 'https://a.example'])
    expect(write([allow, upstreamOrigin]).headers).toEqual([])
  })
  test('for an allowed origin the guard speaks, once', () => {
    const lines = [allow, '*', 'access-control-allow-credentials', 'false']
    expect(write(lines, { origin: 'https://notebook.example' }).headers).toEqual([
      allow,
      'https://notebook.example',
      'Access-Control-Allow-Credentials',
      'true',
      'Vary',
      'Origin',
    ])
  })
})
