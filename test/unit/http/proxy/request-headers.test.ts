import { describe, expect, test } from 'vitest'
import { toByteString } from '../../../../src/bytes.ts'
import {
  createRequestHeaders,
  type RequestHeaderFacts,
  type RequestHeaderOptions,
} from '../../../../src/http/proxy/request-headers.ts'

const options: RequestHeaderOptions = {
  upstreamHost: '127.0.0.1:5000',
  upstreamOrigin: 'http://127.0.0.1:5000',
  preserveHost: false,
  forwardAuth: false,
  userHeader: undefined,
}
const facts: RequestHeaderFacts = {
  rawHeaders: [],
  connection: undefined,
  host: 'guard.example:8080',
  address: '192.0.2.7',
  scheme: 'https',
  trustedOrigin: false,
  username: toByteString('alice'),
  separateLogin: false,
}
const own = ['Host', '127.0.0.1:5000', 'X-Forwarded-For', '192.0.2.7', 'X-Forwarded-Proto', 'http']

const write = (
  lines: Record<string, string> | string[],
  change: Partial<RequestHeaderFacts> = {},
  more: Partial<RequestHeaderOptions> = {},
) =>
  createRequestHeaders({ ...options, ...more })({
    ...facts,
    rawHeaders: Array.isArray(lines) ? lines : Object.entries(lines).flat(),
    ...change,
  })
/** What is added to the guard's own. */
const added = (...given: Parameters<typeof write>) => write(...given).slice(own.length)

test("the guard's own come first and always", () => {
  expect(write({})).toEqual(own)
  expect(
    write(
      { Connection: 'Host, X-Forwarded-For, X-Forwarded-Proto' },
      { connection: 'Host, X-Forwarded-For, X-Forwarded-Proto' },
    ),
  ).toEqual(own)
})

test('order, spelling, repetition and bytes stay as they came', () => {
  const lines = ['aCCept', 'x', 'Cookie', 'a=1', 'Cookie', 'b=2', 'X-MLFLOW-WORKSPACE', 'w\xe4']
  expect(added(lines)).toEqual(lines)
})

test.each([
  'Host',
  'Connection',
  'Keep-Alive',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
  'Expect',
  'Proxy-Authorization',
  'Authorization',
  'X-MLflow-Authorization',
  'Forwarded',
  'X-Forwarded-For',
  'X_Forwarded_For',
  'x.forwarded.user',
  'Remote_User',
  'Content_Length',
  'Transfer.Encoding',
])('%s stays here', name => expect(added({ [name]: 'x' })).toEqual([]))

test('so does what Connection names', () => {
  expect(added({ 'X-A': '1', 'X-B': '2' }, { connection: 'close, x-a' })).toEqual(['X-B', '2'])
})

describe('Origin', () => {
  test('becomes the upstream for pages that were checked', () => {
    expect(added({ Origin: 'http://guard.example:8080' }, { trustedOrigin: true })).toEqual([
      'Origin',
      options.upstreamOrigin,
    ])
  })
  test('of anybody else is never made better', () => {
    expect(added({ Origin: 'https://evil.example' })).toEqual(['Origin', 'https://evil.example'])
  })
})

describe('options', () => {
  test('preserveHost passes Host, scheme and Origin on', () => {
    expect(
      write({ Origin: 'https://guard.example:8080' }, { trustedOrigin: true }, { preserveHost: true }),
    ).toEqual([
      'Host',
      'guard.example:8080',
      'X-Forwarded-For',
      '192.0.2.7',
      'X-Forwarded-Proto',
      'https',
      'Origin',
      'https://guard.example:8080',
    ])
  })
  test('preserveHost without a Host still sends one', () => {
    expect(write({}, { host: '' }, { preserveHost: true }).slice(0, 2)).toEqual(['Host', '127.0.0.1:5000'])
  })
  test('forwardAuth passes the login on', () => {
    expect(added({ Authorization: 'Basic x' }, {}, { forwardAuth: true })).toEqual([
      'Authorization',
      'Basic x',
    ])
  })
  test("a login of its own leaves Authorization to the app's provider", () => {
    const lines = { 'X-MLflow-Authorization': 'Basic x', Authorization: 'Bearer sk-x' }
    expect(added(lines, { separateLogin: true })).toEqual(['Authorization', 'Bearer sk-x'])
  })
  test('userHeader names the user, in its bytes, and nobody else can', () => {
    const lines = { 'x-who': 'root', X_Who: 'root', 'X.who': 'root' }
    const username = toByteString('jürgen')
    expect(added(lines, { username }, { userHeader: 'X-Who' })).toEqual(['X-Who', username])
    expect(added(lines, { username: undefined }, { userHeader: 'X-Who' })).toEqual([])
  })
})

test('names beyond the memory for rules are ruled all the same', () => {
  const headers = createRequestHeaders(options)
  for (let i = 0; i < 2000; i++) headers({ ...facts, rawHeaders: [`X-${i}`, '1'] })
  expect(headers({ ...facts, rawHeaders: ['x_Forwarded-FOR', '127.0.0.1'] })).toEqual(own)
})
