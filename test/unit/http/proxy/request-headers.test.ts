import { describe, expect, test } from 'vitest'
import { toByteString } from '../../../../src/bytes.ts'
import {
  type RequestHeaderFacts,
  type RequestHeaderOptions,
  requestHeaderWriter,
} from '../../../../src/http/proxy/request-headers.ts'

const options: RequestHeaderOptions = {
  upstreamHost: '127.0.0.1:5000',
  upstreamOrigin: 'http://127.0.0.1:5000',
  prefix: '',
  preserveHost: false,
  forwardedHost: false,
  forwardAuth: false,
  userHeader: undefined,
  groupsHeader: undefined,
  dropHeaders: [],
}
const facts: RequestHeaderFacts = {
  rawHeaders: [],
  requestId: 'r1',
  connection: undefined,
  host: 'guard.example:8080',
  client: { address: '192.0.2.7', scheme: 'https', host: 'guard.example:8080', proxied: false },
  origin: undefined,
  trustedOrigin: false,
  fetchSite: undefined,
  username: toByteString('alice'),
  groups: ['editors', 'zoë'],
  credentialsHeader: 'authorization',
  isToken: false,
}
const own = [
  'Host',
  '127.0.0.1:5000',
  'X-Forwarded-For',
  '192.0.2.7',
  'X-Forwarded-Proto',
  'http',
  'X-Request-Id',
  'r1',
]

const write = (
  lines: Record<string, string> | string[],
  change: Partial<RequestHeaderFacts> = {},
  more: Partial<RequestHeaderOptions> = {},
) =>
  requestHeaderWriter({ ...options, ...more })({
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
  'X~Forwarded~User',
  'X|Forwarded|For',
  'X+Forwarded!User',
  'my_header',
  'Remote-Groups',
  'X-WebAuth-Role',
  'X-Original-URI',
  'X-Request-Id',
])('%s is dropped', name => expect(added({ [name]: 'x' })).toEqual([]))

test('so is what Connection names', () => {
  expect(added({ 'X-A': '1', 'X-B': '2' }, { connection: 'close, x-a' })).toEqual(['X-B', '2'])
})

describe('Origin', () => {
  test('becomes the upstream for a page whose origin was checked', () => {
    expect(added({ Origin: 'http://guard.example:8080' }, { trustedOrigin: true })).toEqual([
      'Origin',
      options.upstreamOrigin,
    ])
  })
  test('of another site stays as it is', () => {
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
      'X-Request-Id',
      'r1',
      'Origin',
      'https://guard.example:8080',
    ])
  })
  test('preserveHost without a Host still sends one', () => {
    expect(write({}, { host: '' }, { preserveHost: true }).slice(0, 2)).toEqual(['Host', '127.0.0.1:5000'])
  })
  test('dropHeaders drops further ones, in any spelling', () => {
    expect(added({ 'X-Role': 'admin', 'x-ROLE': 'a' }, {}, { dropHeaders: ['X_Role'] })).toEqual([])
  })
  test('forwardedHost tells the app the public host and scheme', () => {
    expect(write({}, {}, { forwardedHost: true })).toEqual([
      'Host',
      '127.0.0.1:5000',
      'X-Forwarded-For',
      '192.0.2.7',
      'X-Forwarded-Proto',
      'https',
      'X-Request-Id',
      'r1',
      'X-Forwarded-Host',
      'guard.example:8080',
    ])
  })
  test('userHeader names the user, in its bytes, and nobody else can', () => {
    const lines = { 'x-who': 'root', X_Who: 'root', 'X.who': 'root' }
    const username = toByteString('jürgen')
    expect(added(lines, { username }, { userHeader: 'X-Who' })).toEqual(['X-Who', username])
    expect(added(lines, { username: undefined }, { userHeader: 'X-Who' })).toEqual([])
  })
})

describe('credentials in both headers', () => {
  const [authorization, separate] = ['authorization', 'x-mlflow-authorization'] as const
  test.each([
    // which was verified, with forwardAuth, the value of Authorization, the headers that the app gets
    [authorization, false, 'Basic x', []],
    [authorization, true, 'Basic x', ['Authorization']],
    [separate, false, 'Basic x', []],
    [separate, true, 'Basic x', ['X-MLflow-Authorization']],
    [separate, true, 'BASIC x', ['X-MLflow-Authorization']],
    [separate, false, 'Bearer sk-x', ['Authorization']],
    [separate, true, 'Bearer sk-x', ['X-MLflow-Authorization']],
    [separate, false, 'Bearer htk_x', []],
    [undefined, false, 'Bearer sk-x', []],
    [undefined, true, 'Basic x', []],
  ] as const)(
    '%s verified, forwardAuth %s, Authorization: %s: the app gets %j',
    (verified, forwardAuth, value, names) => {
      const lines = { Authorization: value, 'X-MLflow-Authorization': 'Basic y' }
      const got = added(lines, { credentialsHeader: verified }, { forwardAuth })
      expect(got.filter((_, i) => i % 2 === 0)).toEqual(names)
    },
  )
})

test.each(['authorization', 'x-mlflow-authorization'] as const)(
  'a token in %s never reaches the app, a provider key beside it does without forwardAuth',
  credentialsHeader => {
    const lines = { Authorization: 'Bearer sk-x', 'X-MLflow-Authorization': 'Bearer htk_x' }
    const change = { credentialsHeader, isToken: true }
    expect(added(lines, change, { forwardAuth: true })).toEqual([])
    expect(added(lines, change)).toEqual(
      credentialsHeader === 'authorization' ? [] : ['Authorization', 'Bearer sk-x'],
    )
  },
)

test('more names than are remembered have the same rules', () => {
  const headers = requestHeaderWriter(options)
  for (let i = 0; i < 2000; i++) headers({ ...facts, rawHeaders: [`X-${i}`, '1'] })
  expect(headers({ ...facts, rawHeaders: ['x_Forwarded-FOR', '127.0.0.1'] })).toEqual(own)
})

describe('credentials', () => {
  const both = { Authorization: 'Basic a', 'X-MLflow-Authorization': 'Basic b' }
  const gateway = { Authorization: 'Bearer sk-x', 'X-MLflow-Authorization': 'Basic b' }
  const forward = { forwardAuth: true }

  test.each([
    ['none by default', both, 'authorization', {}, []],
    ['the verified ones with forwardAuth', both, 'authorization', forward, ['Authorization', 'Basic a']],
    ['none of an open path', both, undefined, forward, []],
    [
      "a provider's key on the gateway",
      gateway,
      'x-mlflow-authorization',
      {},
      ['Authorization', 'Bearer sk-x'],
    ],
    ['no password beside it', both, 'x-mlflow-authorization', {}, []],
    [
      'only the verified ones of the gateway with forwardAuth',
      gateway,
      'x-mlflow-authorization',
      forward,
      ['X-MLflow-Authorization', 'Basic b'],
    ],
  ] as const)('the app gets %s', (_, lines, credentialsHeader, more, expected) =>
    expect(added({ ...lines }, { credentialsHeader }, more)).toEqual(expected),
  )
})

describe("addresses of the guard become the app's", () => {
  const own = 'https://guard.example:8080'
  const app = options.upstreamOrigin
  const prefix = { prefix: '/dav' }

  test.each([
    ['Referer', `${own}/lab?x=1`, {}, `${app}/lab?x=1`],
    ['Referer', own, {}, app],
    ['Referer', 'https://other.example/lab', {}, 'https://other.example/lab'],
    ['Referer', 'http://guard.example:8080/lab', {}, 'http://guard.example:8080/lab'],
    ['Referer', 'https://guard.example:8080.evil.example/', {}, 'https://guard.example:8080.evil.example/'],
    ['Referer', 'https://guard.example:8080@evil.example/', {}, 'https://guard.example:8080@evil.example/'],
    ['Destination', `${own}/dav/b.txt`, prefix, `${app}/b.txt`],
    ['Destination', '/dav/b.txt', prefix, '/b.txt'],
    ['Destination', '/b.txt', {}, '/b.txt'],
    ['Destination', `${own}/elsewhere/b.txt`, prefix, `${own}/elsewhere/b.txt`],
    ['If', `<${own}/dav/a> (<urn:uuid:1> ["x"])`, prefix, `<${app}/a> (<urn:uuid:1> ["x"])`],
  ])('%s: %s', (name, given, more, expected) =>
    expect(added({ [name]: given }, {}, more)).toEqual([name, expected]),
  )

  test('where TLS ends in front of the guard, a browser that says same-origin is believed', () => {
    const http = { ...facts.client, scheme: 'http' }
    expect(added({ Referer: `${own}/lab` }, { client: http })).toEqual(['Referer', `${own}/lab`])
    expect(added({ Referer: `${own}/lab` }, { client: http, fetchSite: 'same-origin' })).toEqual([
      'Referer',
      `${options.upstreamOrigin}/lab`,
    ])
    expect(added({ Referer: `${own}/lab` }, { client: http, origin: own, trustedOrigin: true })).toEqual([
      'Referer',
      `${options.upstreamOrigin}/lab`,
    ])
  })

  test('with preserveHost only the prefix is removed', () => {
    const given = { Destination: `${own}/dav/b.txt` }
    expect(added(given, {}, { ...prefix, preserveHost: true })).toEqual(['Destination', `${own}/b.txt`])
  })

  test('a hostile If takes linear time', () => {
    const start = process.cpuUsage()
    added({ If: '<'.repeat(64_000) })
    expect(process.cpuUsage(start).user).toBeLessThan(200_000)
  })
})

describe('the groups', () => {
  const groupsHeader = 'X-Groups'
  test("are one field, in the bytes of UTF-8, and never the client's", () => {
    const lines = ['X-Groups', 'admins', 'x_groups', 'admins', 'X.Groups', 'admins', 'Accept', 'x']
    expect(added(lines, {}, { groupsHeader })).toEqual(['X-Groups', 'editors,zo\xc3\xab', 'Accept', 'x'])
  })

  test('are empty for a user without, and not sent where no login was needed', () => {
    expect(added({ 'X-Groups': 'admins' }, { groups: [] }, { groupsHeader })).toEqual(['X-Groups', ''])
    expect(added({ 'X-Groups': 'admins' }, { groups: undefined }, { groupsHeader })).toEqual([])
  })

  test('with a comma or a newline in the name are left out', () => {
    const groups = ['a,admins', 'b\r\nX-Groups: admins', 'c']
    expect(added({}, { groups }, { groupsHeader })).toEqual(['X-Groups', 'c'])
  })
})
