// The questions of other proxies and the responses, in each proxy's headers; another proxy's headers are ignored.
import { expect, test } from 'vitest'
import { refuse } from '../../../../src/auth/auth-result.ts'
import { SessionIdentity } from '../../../../src/auth/sessions/session-identity.ts'
import { toByteString } from '../../../../src/bytes.ts'
import type { CannedResponse } from '../../../../src/http/basic/responses.ts'
import {
  allowedAnswer,
  checkProxyName,
  type ProxyName,
  refusedAnswer,
} from '../../../../src/http/guard/auth-endpoint.ts'
import { createDecide, type Policy } from '../../../../src/http/guard/decide.ts'
import type { Decision } from '../../../../src/http/guard/decision.ts'
import { createErrorResponses } from '../../../../src/http/pages/error-responses.ts'

const ann = {
  ok: true,
  user: 'ann',
  username: toByteString('ann'),
  kind: 'password',
  groups: [],
  scope: 'all',
  isCurrent: () => true,
} as const
const client = { address: '192.0.2.7', scheme: 'https', host: 'lab.example', proxied: true }
const FORWARDED = { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/page' }
const ORIGINAL = { 'x-original-method': 'GET', 'x-original-uri': '/page' }
const LOGIN = { authorization: `Basic ${btoa('ann:pw')}` }

interface Case {
  readonly url: string
  readonly headers?: Record<string, string | string[]>
  readonly proxied?: boolean
  readonly policy?: Partial<Policy>
}

function ask({ url, headers = {}, proxied = true, policy = {} }: Case): Decision {
  const values = Object.entries(headers).map(([name, value]) => [name, [value].flat()] as const)
  const decide = createDecide({
    errorResponse: createErrorResponses({ realm: 'Restricted' }),
    prefix: '',
    allowPaths: new Set(['/open']),
    allowOrigins: new Set(),
    authenticator: { decide: credentials => (credentials ? ann : refuse('missing')) },
    authEndpoints: new Set<ProxyName>(['nginx', 'traefik', 'envoy']),
    answer: { userHeader: 'Remote-User', groupsHeader: 'Remote-Groups', groupsOf: () => [] },
    access: {
      decide: (_, method, path) =>
        method === 'GET' && path !== '/secret'
          ? { allowed: true }
          : { allowed: false, reason: `${method} ${path}` },
    },
    ...policy,
  })
  return decide(
    {
      method: 'GET',
      url,
      httpVersion: '1.1',
      headers: Object.fromEntries(values.map(([name, all]) => [name, all.join(', ')])),
      headersDistinct: Object.fromEntries(values.map(([name, all]) => [name, [...all]])),
    },
    { upgrade: false, client: { ...client, proxied } },
  ) as Decision
}

const statusOf = (decision: Decision): number =>
  'respond' in decision ? decision.respond.status : 'serve' in decision ? 404 : 0

test.each<[string, Case, number]>([
  ['traefik, no login', { url: '/.htpasswd/auth/traefik', headers: FORWARDED }, 401],
  ['traefik, login', { url: '/.htpasswd/auth/traefik', headers: { ...FORWARDED, ...LOGIN } }, 200],
  [
    'with a query of its own',
    { url: '/.htpasswd/auth/traefik?a=1', headers: { ...FORWARDED, ...LOGIN } },
    200,
  ],
  ['nginx, no login', { url: '/.htpasswd/auth/nginx', headers: ORIGINAL }, 401],
  ['nginx, login', { url: '/.htpasswd/auth/nginx', headers: { ...ORIGINAL, ...LOGIN } }, 200],
  ['envoy, no login', { url: '/.htpasswd/auth/envoy/page' }, 401],
  ['envoy, login', { url: '/.htpasswd/auth/envoy/page?a=b', headers: LOGIN }, 200],
  ['envoy, without a path', { url: '/.htpasswd/auth/envoy', headers: LOGIN }, 400],
  [
    'an untrusted peer',
    { url: '/.htpasswd/auth/nginx', headers: { ...ORIGINAL, ...LOGIN }, proxied: false },
    403,
  ],
  ['a proxy that is not enabled', { url: '/.htpasswd/auth/caddy', headers: { ...FORWARDED, ...LOGIN } }, 404],
  ['no header', { url: '/.htpasswd/auth/traefik', headers: LOGIN }, 400],
  ['one of two', { url: '/.htpasswd/auth/traefik', headers: { ...LOGIN, 'x-forwarded-uri': '/page' } }, 400],
  [
    'twice',
    {
      url: '/.htpasswd/auth/traefik',
      headers: { ...FORWARDED, ...LOGIN, 'x-forwarded-uri': ['/page', '/x'] },
    },
    400,
  ],
  ['the other family', { url: '/.htpasswd/auth/nginx', headers: { ...FORWARDED, ...LOGIN } }, 400],
  ['both families', { url: '/.htpasswd/auth/nginx', headers: { ...ORIGINAL, ...FORWARDED, ...LOGIN } }, 400],
  [
    'a method in lower case',
    { url: '/.htpasswd/auth/nginx', headers: { ...ORIGINAL, ...LOGIN, 'x-original-method': 'get' } },
    400,
  ],
  [
    'a target that is a URL',
    { url: '/.htpasswd/auth/nginx', headers: { ...ORIGINAL, ...LOGIN, 'x-original-uri': 'http://h/' } },
    400,
  ],
  [
    'a comma in the target',
    { url: '/.htpasswd/auth/nginx', headers: { ...ORIGINAL, ...LOGIN, 'x-original-uri': '/a,b' } },
    200,
  ],
  [
    'the rule of the path',
    { url: '/.htpasswd/auth/nginx', headers: { ...ORIGINAL, ...LOGIN, 'x-original-uri': '/secret' } },
    403,
  ],
  [
    'the rule of the method',
    { url: '/.htpasswd/auth/traefik', headers: { ...FORWARDED, ...LOGIN, 'x-forwarded-method': 'POST' } },
    403,
  ],
  [
    'an open path is not open here',
    { url: '/.htpasswd/auth/nginx', headers: { ...ORIGINAL, 'x-original-uri': '/open' } },
    401,
  ],
  [
    'nor is the health path',
    { url: '/.htpasswd/auth/nginx', headers: { ...ORIGINAL, 'x-original-uri': '/.htpasswd/health' } },
    401,
  ],
  [
    'a WebSocket of another site, of which the proxy passes on no Upgrade',
    {
      url: '/.htpasswd/auth/nginx',
      headers: { ...ORIGINAL, ...LOGIN, origin: 'https://evil.example', 'sec-websocket-version': '13' },
    },
    403,
  ],
  [
    'a health check of a cloud',
    { url: '/.htpasswd/auth/nginx', headers: { ...ORIGINAL, 'user-agent': 'GoogleHC/1.0' } },
    401,
  ],
])('%s', (_, request, status) => expect(statusOf(ask(request))).toBe(status))

test('200 names the user and the groups, whatever the client sent under these names', () => {
  const headers = { ...ORIGINAL, ...LOGIN, 'remote-user': 'root', 'remote-groups': 'admins' }
  expect(ask({ url: '/.htpasswd/auth/nginx', headers })).toMatchObject({
    respond: {
      status: 200,
      headers: { 'Remote-User': 'ann', 'Remote-Groups': '-', 'cache-control': 'no-store' },
    },
    reason: 'auth',
  })
})

const response = (status: number, headers: Record<string, string> = {}): CannedResponse => ({
  status,
  headers,
  body: '',
})

test.each<[ProxyName, number, number]>([
  ['nginx', 303, 401],
  ['nginx', 401, 401],
  ['nginx', 403, 403],
  ['nginx', 429, 403],
  ['nginx', 404, 403],
  ['nginx', 503, 503],
  ['haproxy', 429, 403],
  ['traefik', 303, 303],
  ['caddy', 429, 429],
  ['envoy', 403, 403],
])('%s is told %i as %i', (proxy, status, told) =>
  expect(refusedAnswer(proxy, response(status, { location: '/l' }), client).status).toBe(told),
)

test('the sign-in page: an absolute address to a proxy that relays it, a header to one that does not', () => {
  const redirect = response(303, { location: '/.htpasswd/login?next=%2Fpage' })
  expect(refusedAnswer('traefik', redirect, client).headers.location).toBe(
    'https://lab.example/.htpasswd/login?next=%2Fpage',
  )
  expect(refusedAnswer('nginx', redirect, client).headers).toMatchObject({
    'x-htpasswd-login': '/.htpasswd/login?next=%2Fpage',
  })
})

test('an unknown proxy is refused by name', () =>
  expect(() => checkProxyName('apache')).toThrow(
    /expected nginx, traefik, caddy, envoy, haproxy, got "apache"|nginx/,
  ))

test('a session cookie that has aged is issued again with the answer', () => {
  const session = {
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    username: toByteString('ann'),
    signedInAt: 0,
    issuedAt: 0,
    staysSignedIn: false,
  }
  const options = { userHeader: 'Remote-User', groupsHeader: 'Remote-Groups', groupsOf: () => [] }
  const identityWith = (renewed: string | undefined) =>
    new SessionIdentity(session, { user: 'ann', expiresAt: 1, isCurrent: () => true, renew: () => renewed })
  expect(allowedAnswer(identityWith('htpasswd=new'), options).cookies).toEqual(['htpasswd=new'])
  expect(allowedAnswer(identityWith(undefined), options).cookies).toBeUndefined()
})
