import { describe, expect, test } from 'vitest'
import { responseHeaderWriter } from '../../../../src/http/proxy/response-headers.ts'

const upstreamOrigin = 'http://127.0.0.1:5000'
const write = (
  lines: string[],
  { prefix = '', origin = undefined as string | undefined, status = 200 } = {},
) => responseHeaderWriter({ upstreamOrigin, prefix })(lines, origin, status)

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

test.each([
  'Alt-Svc',
  'Alternate-Protocol',
  'Connection',
  'Keep-Alive',
  'Transfer-Encoding',
  'Trailer',
  'Upgrade',
  'Proxy-Authenticate',
])('%s is dropped', name => expect(write([name, 'x']).headers).toEqual([]))

test('so is what Connection names', () => {
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
    ['http://127.0.0.1:5000/\\evil.example/', '/./\\evil.example/'],
    ['http://127.0.0.1:5000/\t/evil.example/', '/./\t/evil.example/'],
    ['http://127.0.0.1:5000/\t\\evil.example/', '/./\t\\evil.example/'],
    ['http://127.0.0.1:5000\\\\evil.example', '/./\\evil.example'],
    ['http://127.0.0.1:5000\\x', '/x'],
    ['http://[::1]:5000/x', '/x'],
    ['http://127.0.0.1:5001/x', 'http://127.0.0.1:5001/x'],
    ['http://127.0.0.1:5000.evil.example/', 'http://127.0.0.1:5000.evil.example/'],
    ['https://other.example/', 'https://other.example/'],
    ['/x', '/x'],
    ['x/y', 'x/y'],
  ])('%s becomes %s', (given, rewritten) =>
    expect(write(['Location', given]).headers).toEqual(['Location', rewritten]),
  )

  test.each([
    ['http://127.0.0.1:5000/x', '/mlflow/x'],
    ['/x', '/mlflow/x'],
    ['x', 'x'],
  ])('below a prefix %s becomes %s', (given, rewritten) =>
    expect(write(['location', given], { prefix: '/mlflow' }).headers).toEqual(['location', rewritten]),
  )
})

describe('Set-Cookie', () => {
  test.each([
    ['s=1; Domain=127.0.0.1; Path=/; HttpOnly', 's=1; Path=/; HttpOnly'],
    ['s=1; domain = .LOCALHOST', 's=1'],
    ['s=1; Domain=example.org', 's=1; Domain=example.org'],
    ['domain=127.0.0.1', 'domain=127.0.0.1'],
  ])('%s becomes %s', (given, rewritten) =>
    expect(write(['Set-Cookie', given]).headers).toEqual(['Set-Cookie', rewritten]),
  )

  test.each(['__Host-s', '__host-s', '__Host-Http-s'])('%s keeps its path below a prefix', name => {
    const given = ['Set-Cookie', `${name}=1; Path=/; Secure`]
    expect(write(given, { prefix: '/mlflow' }).headers).toEqual(given)
  })

  test('a hostile cookie takes linear time', () => {
    const start = process.cpuUsage()
    write(['Set-Cookie', `a=b; domain=${' '.repeat(60_000)}x y`])
    expect(process.cpuUsage(start).user).toBeLessThan(200_000)
  })

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

describe('other fields with addresses', () => {
  test.each([
    ['Content-Location', 'http://127.0.0.1:5000/x', '/app/x'],
    ['Link', '<http://127.0.0.1:5000/t.json?_next=1>; rel="next"', '</app/t.json?_next=1>; rel="next"'],
    [
      'Link',
      '</style.css>; rel=preload, <https://cdn/x>; rel=x',
      '</app/style.css>; rel=preload, <https://cdn/x>; rel=x',
    ],
    ['Refresh', '0; url=http://127.0.0.1:5000/next', '0; url=/app/next'],
    ['Refresh', '5;URL="/login"', '5;URL="/app/login"'],
    ['Refresh', '1; /login', '1; /app/login'],
    ['Refresh', '5', '5'],
    ['Refresh', '0; url=https://other.example/', '0; url=https://other.example/'],
  ])('%s: %s', (name, given, rewritten) =>
    expect(write([name, given], { prefix: '/app' }).headers).toEqual([name, rewritten]),
  )
})
