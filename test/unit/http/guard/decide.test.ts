// The one decision, case by case: a request and what is known of it in, the decision out. No socket is needed.

import { describe, expect, test } from 'vitest'
import { type AuthResult, type Credentials, refuse } from '../../../../src/auth/auth-result.ts'
import { type ByteString, toByteString } from '../../../../src/bytes.ts'
import { textResponse } from '../../../../src/http/basic/responses.ts'
import { createDecide, type Policy } from '../../../../src/http/guard/decide.ts'
import type { Decision } from '../../../../src/http/guard/decision.ts'
import { createErrorResponses } from '../../../../src/http/pages/error-responses.ts'

const alice = {
  ok: true,
  user: 'alice',
  username: toByteString('alice'),
  kind: 'password',
  groups: [],
  scope: 'all',
  isCurrent: () => true,
} as const
const basic = (user: string, password = 'right'): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const LOGIN = { authorization: basic('alice') }
const HOST = 'guard.example'

interface Case {
  readonly upgrade?: boolean
  readonly headers?: Record<string, string>
  readonly policy?: Partial<Policy>
}

/** Decides about a request line: `POST /x`. */
function decide(line: string, { upgrade = false, headers = {}, policy = {} }: Case = {}): Decision {
  const authenticator = {
    decide: (credentials: Credentials<ByteString> | undefined): AuthResult => {
      if (credentials === undefined) return refuse('missing')
      const right = credentials.username === 'alice' && credentials.password === 'right'
      return right ? alice : refuse('rejected')
    },
  }
  const [method = '', url = '', version = 'HTTP/1.1'] = line.split(' ')
  const decision = createDecide({
    errorResponse: createErrorResponses({ realm: 'Restricted', hint: 'For programs' }),
    prefix: '',
    allowPaths: new Set(),
    allowOrigins: new Set(),
    authenticator,
    ...policy,
  })(
    { method, url, httpVersion: version.slice(5), headers: { host: HOST, ...headers } },
    { upgrade, client: { address: '192.0.2.7', scheme: 'http', host: HOST, proxied: false } },
  )
  if (decision instanceof Promise) throw new Error('nothing had to be hashed')
  return decision
}

/** What the case tables compare: the target that goes to the app, or the status and the reason. */
const outcome = (decision: Decision): string =>
  'forward' in decision
    ? `-> ${decision.target}`
    : `${'serve' in decision ? 'served' : decision.respond.status} ${decision.reason}`

describe('a request that cannot be trusted to be what it seems', () => {
  test.each([
    ['GET /a#b', '400 ambiguous'],
    ['GET http://evil.example/', '400 ambiguous'],
    ['TRACE /', '405 ambiguous'],
    ['GET / HTTP/2.0', '505 ambiguous'],
  ])('%s is refused before anything else, and its connection ends', (line, expected) => {
    const decision = decide(line, { headers: LOGIN, policy: { allowPaths: new Set(['/']) } })
    expect(outcome(decision)).toBe(expected)
    expect(decision).toMatchObject({ closes: true, identity: undefined })
  })
})

describe('the health path', () => {
  test.each([
    ['GET /.htpasswd/health', 'served health'],
    ['HEAD /.htpasswd/health', 'served health'],
    ['POST /.htpasswd/health', 'served method'],
    ['GET /.htpasswd/health/', '401 missing'],
    ['GET /.htpasswd/health?t=1', 'served health'],
    ['GET //.htpasswd/health', '401 missing'],
  ])('%s: %s', (line, expected) => expect(outcome(decide(line))).toBe(expected))
})

describe('who sent it', () => {
  const right = basic('alice')
  const wrong = basic('alice', 'wrong')
  test.each([
    ['/', {}, '401 missing'],
    ['/api/2.0/x', {}, '401 missing'],
    ['/ajax-api/3.0/jobs/search', {}, '401 missing'],
    ['/gateway/x', {}, '401 missing'],
    ['/v1/traces', {}, '401 missing'],
    ['/graphql', {}, '401 missing'],
    ['/static-files/x', {}, '401 missing'],
    ['/version', {}, '401 missing'],
    ['/', { authorization: wrong }, '401 rejected'],
    ['/', { authorization: 'Bearer x' }, '401 missing'],
    ['/', { authorization: right }, '-> /'],
    ['/x?y', { authorization: right }, '-> /x?y'],
    // MLflow's gateway takes the login beside the key of a provider
    ['/gateway/x', { 'x-mlflow-authorization': right, authorization: 'Bearer sk-x' }, '-> /gateway/x'],
    ['/gateway/x', { authorization: right }, '-> /gateway/x'],
    ['/gateway/x', { 'x-mlflow-authorization': wrong, authorization: right }, '401 rejected'],
    ['/gateway/x', { 'x-mlflow-authorization': 'Bearer x', authorization: right }, '401 missing'],
    ['/api/x', { 'x-mlflow-authorization': right }, '401 missing'],
    ['/gatewayx', { 'x-mlflow-authorization': right }, '401 missing'],
    ['/gateway/../api', { 'x-mlflow-authorization': right }, '401 missing'],
    ['/gateway/%2e%2e/api', { 'x-mlflow-authorization': right }, '401 missing'],
    ['/gateway/..%2fapi', { 'x-mlflow-authorization': right }, '401 missing'],
    ['/gateway/%252e%252e/api', { 'x-mlflow-authorization': right }, '401 missing'],
    ['/gateway/..;/api', { 'x-mlflow-authorization': right }, '401 missing'],
    ['/gateway/.', { 'x-mlflow-authorization': right }, '401 missing'],
  ])('%s with %j: %s', (path, headers, expected) => {
    const decision = decide(`POST ${path}`, { headers })
    expect(outcome(decision)).toBe(expected)
    expect(decision.identity).toBe(expected.startsWith('->') ? alice : undefined)
  })

  test('a refusal has the challenge and what to do about it, as a page for a browser', () => {
    const { respond } = decide('GET /') as Extract<Decision, { respond: unknown }>
    expect(respond.headers['www-authenticate']).toBe('Basic realm="Restricted", charset="UTF-8"')
    expect(respond.headers['retry-after']).toBeUndefined()
    expect(respond.body).toContain('For programs')
    expect(decide('GET /', { headers: { accept: 'text/html' } })).toMatchObject({
      respond: { body: expect.stringContaining('<h1>Sign in to see this page</h1>') },
    })
  })

  test('the decision says which header was verified', () => {
    const headers = { 'x-mlflow-authorization': right, authorization: 'Bearer sk-x' }
    expect(decide('POST /gateway/x', { headers })).toMatchObject({
      credentialsHeader: 'x-mlflow-authorization',
    })
    expect(decide('POST /x', { headers: LOGIN })).toMatchObject({ credentialsHeader: 'authorization' })
  })

  test('is a promise only where a password has to be hashed', async () => {
    const authenticator = { decide: () => Promise.resolve<AuthResult>(alice) }
    const later = createDecide({
      errorResponse: createErrorResponses({ realm: '' }),
      prefix: '',
      allowPaths: new Set(),
      allowOrigins: new Set(),
      authenticator,
    })(
      { method: 'GET', url: '/x', httpVersion: '1.1', headers: {} },
      { upgrade: false, client: { address: '192.0.2.7', scheme: 'http', host: '', proxied: false } },
    )
    expect(later).toBeInstanceOf(Promise)
    expect(outcome(await later)).toBe('-> /x')
  })
})

describe('an open path', () => {
  const policy = { allowPaths: new Set(['/health']) }
  test.each([
    ['GET /health', '-> /health'],
    ['HEAD /health?x', '-> /health?x'],
    ['POST /health', '401 missing'],
    ['GET /health/', '401 missing'],
  ])('%s without a login: %s', (line, expected) => expect(outcome(decide(line, { policy }))).toBe(expected))

  test('has no user even where credentials come with the request', () =>
    expect(decide('GET /health', { policy, headers: LOGIN })).toMatchObject({
      identity: undefined,
      credentialsHeader: undefined,
    }))

  test.each([{ 'content-length': '95' }, { 'transfer-encoding': 'chunked' }])(
    'takes no body: %j',
    headers => {
      const decision = decide('GET /health', { policy, headers: { ...LOGIN, ...headers } })
      expect(outcome(decision)).toBe('400 ambiguous')
      expect(decision).toMatchObject({ closes: true })
    },
  )

  test('is not open for an upgrade, which begins with a GET', () =>
    expect(outcome(decide('GET /health', { policy, upgrade: true }))).toBe('401 missing'))
})

describe('other origins', () => {
  const origin = 'https://notebook.example'
  const policy = { allowOrigins: new Set([origin]) }
  const preflight = { origin, 'access-control-request-method': 'PUT' }

  test('an allowed one gets its preflight without a login, and its responses name it', () => {
    const decision = decide('OPTIONS /x', { policy, headers: preflight })
    expect(outcome(decision)).toBe('204 preflight')
    // RFC 9110 section 8.6: a 204 has no Content-Length
    expect(decision).toMatchObject({ respond: { headers: { 'access-control-allow-origin': origin } } })
    expect(decision).not.toMatchObject({ respond: { headers: { 'content-length': expect.anything() } } })
    expect(decide('POST /x', { policy, headers: { ...LOGIN, origin } })).toMatchObject({
      target: '/x',
      trustedOrigin: true,
      allowedOrigin: origin,
    })
  })

  test.each([
    ['OPTIONS /x', { ...preflight, origin: 'https://evil.example' }, '401 missing'],
    ['OPTIONS /x', { origin }, '401 missing'],
    ['POST /x', { ...LOGIN, origin: 'https://evil.example' }, '403 cross-site'],
    ['GET /x', { ...LOGIN, origin: 'https://evil.example' }, '-> /x'],
    ['POST /x', { ...LOGIN, origin: `http://${HOST}` }, '-> /x'],
    ['POST /x', { ...LOGIN, 'sec-fetch-site': 'cross-site' }, '403 cross-site'],
    ['POST /x', { ...LOGIN, origin: 'null', 'sec-fetch-site': 'same-origin' }, '-> /x'],
  ])('%s with %j: %s', (line, headers, expected) =>
    expect(outcome(decide(line, { policy, headers }))).toBe(expected),
  )

  test('a refusal says what was compared and which option helps, in the response and in the log', () => {
    const headers = { ...LOGIN, origin: 'https://evil.example' }
    const sentence = `Origin: https://evil.example, Host: ${HOST}; --allow-origin https://evil.example allows it`
    expect(decide('POST /x', { headers })).toMatchObject({
      respond: { body: expect.stringContaining(sentence) },
      cause: expect.stringContaining(sentence),
    })
  })

  test('a preflight without an allowed origin is no exception', () =>
    expect(outcome(decide('OPTIONS /x', { headers: preflight }))).toBe('401 missing'))

  test('a cross-site upgrade is refused, and the log still knows the user', () =>
    expect(
      decide('GET /ws', { upgrade: true, headers: { ...LOGIN, origin: 'https://evil.example' } }),
    ).toMatchObject({ reason: 'cross-site', identity: alice }))

  test.each([
    [`http://${HOST}`, true],
    ['https://evil.example', false],
  ])('whether %s is the app’s own: %s', (from, trustedOrigin) =>
    expect(decide('GET /x', { headers: { ...LOGIN, origin: from } })).toMatchObject({ trustedOrigin }),
  )
})

describe('below a prefix', () => {
  const policy = { prefix: '/mlflow' }
  test.each([
    ['GET /mlflow/x?y', '-> /x?y'],
    ['POST /mlflow?a=1', '308 redirect'],
    ['GET /other', '404 not-found'],
  ])('%s with a login: %s', (line, expected) =>
    expect(outcome(decide(line, { policy, headers: LOGIN }))).toBe(expected),
  )
  test('nothing is told of paths without a login', () =>
    expect(outcome(decide('GET /other', { policy }))).toBe('401 missing'))
  test('the slash is added by a redirect that keeps method and host', () =>
    expect(decide('POST /mlflow?a=1', { policy, headers: LOGIN })).toMatchObject({
      respond: { status: 308, headers: { location: '/mlflow/?a=1' } },
    }))
})

describe('an access policy', () => {
  const access = {
    decide: ({ user }: { user: string }, method: string, path: string) =>
      method === 'GET' && path === '/read'
        ? ({ allowed: true } as const)
        : ({ allowed: false, reason: `${user} may not ${method} ${path}` } as const),
  }
  test.each([
    ['GET /read', LOGIN, '-> /read'],
    ['GET /read?a=/x', LOGIN, '-> /read?a=/x'],
    ['POST /read', LOGIN, '403 forbidden'],
    ['GET /lab/other', LOGIN, '403 forbidden'],
    ['GET /read', {}, '401 missing'],
    ['POST /read', { authorization: basic('alice', 'wrong') }, '401 rejected'],
    // a request of another site's page is refused for a reason of its own, after the user's rights
    ['POST /read', { ...LOGIN, origin: 'https://evil.example' }, '403 forbidden'],
  ])('%s with %o: %s', (line, headers, expected) =>
    expect(outcome(decide(line, { headers, policy: { access } }))).toBe(expected),
  )

  test('is asked about the path as the app gets it', () => {
    const policy = { access, prefix: '/lab' }
    expect(outcome(decide('GET /lab/read', { headers: LOGIN, policy }))).toBe('-> /read')
    expect(outcome(decide('GET /lab/read/', { headers: LOGIN, policy }))).toBe('403 forbidden')
  })

  test('sends no challenge with its refusal, which says who may not do what', () => {
    const decision = decide('POST /read', { headers: LOGIN, policy: { access } })
    expect(decision).toMatchObject({
      identity: { user: 'alice' },
      cause: 'alice may not POST /read',
      respond: { body: expect.stringContaining('alice may not POST /read') },
    })
    expect(decision).not.toMatchObject({ respond: { headers: { 'www-authenticate': expect.anything() } } })
  })
})

describe('an endpoint for users', () => {
  const endpoints = [
    {
      path: '/.htpasswd/mine',
      methods: ['GET'],
      for: 'user',
      reason: 'mine',
      respond: () => textResponse(200, 'mine'),
    },
    {
      path: '/.htpasswd/who',
      methods: ['GET'],
      for: 'user',
      tokens: true,
      reason: 'who',
      respond: () => textResponse(200, 'who'),
    },
  ] as const
  const withToken = { endpoints, authenticator: { decide: () => ({ ...alice, kind: 'token' as const }) } }
  test.each([
    ['GET /.htpasswd/mine', {}, { endpoints }, '401 missing'],
    ['GET /.htpasswd/mine', LOGIN, { endpoints }, 'served mine'],
    ['GET /.htpasswd/mine', LOGIN, withToken, '403 forbidden'],
    ['GET /.htpasswd/who', LOGIN, withToken, 'served who'],
    ['POST /.htpasswd/mine', LOGIN, { endpoints }, 'served method'],
    ['GET /.htpasswd/other', LOGIN, { endpoints }, 'served not-found'],
    ['GET /.htpasswd/other', {}, { endpoints }, '401 missing'],
  ])('%s with %o: %s', (line, headers, policy, expected) =>
    expect(outcome(decide(line, { headers, policy }))).toBe(expected),
  )
})
