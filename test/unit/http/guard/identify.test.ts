// Which credentials of a request count: the order of the kinds, and that invalid ones never fall through to the next kind.
import { expect, test } from 'vitest'
import { type AuthResult, refuse } from '../../../../src/auth/auth-result.ts'
import { createIdentify, type Verifiers } from '../../../../src/http/guard/identify.ts'
import { findRoute } from '../../../../src/http/guard/route.ts'

/** A refusal whose Retry-After names the verifier that was asked: who would have accepted is not the question here. */
const askedOf = { password: 1, token: 2, jwt: 3, session: 4 } as const
const refusedBy = (kind: keyof typeof askedOf): AuthResult => refuse('rejected', askedOf[kind])
const nameOf = (result: AuthResult): string =>
  result.ok ? 'accepted' : (Object.keys(askedOf)[(result.retryAfter ?? 0) - 1] ?? result.reason)

const all: Verifiers = {
  authenticator: { decide: credentials => (credentials ? refusedBy('password') : refuse('missing')) },
  tokens: { isToken: text => text.startsWith('htk_'), decide: () => refusedBy('token') },
  jwt: { decide: () => refusedBy('jwt') },
  sessions: { decide: cookies => (cookies.includes('htpasswd=') ? refusedBy('session') : undefined) },
}
const basic = (pair: string): string => `Basic ${btoa(pair)}`

function identify(headers: Record<string, string>, verifiers: Verifiers = all, url = '/page') {
  const route = findRoute('GET', url, { prefix: '', allowPaths: new Set() })
  const { result, header } = createIdentify(verifiers)(
    { method: 'GET', url, httpVersion: '1.1', headers },
    { upgrade: false, client: { address: '192.0.2.7', scheme: 'http', host: 'h', proxied: false } },
    route,
  )
  return [nameOf(result as AuthResult), header]
}

const { tokens: _tokens, jwt: _jwt, sessions: _sessions, ...passwordsOnly } = all

test.each<[string, Record<string, string>, string, string | undefined]>([
  ['nothing', {}, 'missing', 'authorization'],
  ['a password', { authorization: basic('ann:pw') }, 'password', 'authorization'],
  ['a token', { authorization: 'Bearer htk_1' }, 'token', 'authorization'],
  ['a token, scheme in capitals', { authorization: 'BEARER  htk_1' }, 'token', 'authorization'],
  ['a token as password', { authorization: basic('ann:htk_1') }, 'token', 'authorization'],
  ['a JSON Web Token', { authorization: 'Bearer a.b.c' }, 'jwt', 'authorization'],
  ['a session', { cookie: 'a=b; htpasswd=x' }, 'session', undefined],
  ['a cookie of the app', { cookie: 'a=b' }, 'missing', 'authorization'],
  [
    'a password and a session',
    { authorization: basic('ann:no'), cookie: 'htpasswd=x' },
    'password',
    'authorization',
  ],
  [
    'what cannot be parsed and a session',
    { authorization: 'Bearer', cookie: 'htpasswd=x' },
    'missing',
    'authorization',
  ],
  [
    'an empty Authorization and a session',
    { authorization: '', cookie: 'htpasswd=x' },
    'missing',
    'authorization',
  ],
  [
    'another scheme and a session',
    { authorization: 'Negotiate x', cookie: 'htpasswd=x' },
    'missing',
    'authorization',
  ],
])('%s', (_, headers, verifier, header) => expect(identify(headers)).toEqual([verifier, header]))

test('without tokens and JSON Web Tokens, Bearer is no login, and a token-like password is a password', () => {
  expect(identify({ authorization: 'Bearer htk_1' }, passwordsOnly)[0]).toBe('missing')
  expect(identify({ authorization: 'Bearer a.b.c' }, passwordsOnly)[0]).toBe('missing')
  expect(identify({ authorization: basic('ann:htk_1') }, passwordsOnly)[0]).toBe('password')
})

test('a Bearer that is neither is no login, as without tokens', () => {
  expect(identify({ authorization: 'Bearer x' })[0]).toBe('missing')
  expect(identify({ authorization: 'Bearer htk_1' }, { ...passwordsOnly, jwt: all.jwt })[0]).toBe('missing')
  expect(identify({ authorization: 'Bearer a.b.c' }, { ...passwordsOnly, tokens: all.tokens })[0]).toBe(
    'missing',
  )
})

test.each([
  ['/gateway/x', 'x-mlflow-authorization'],
  ['/gateway/../x', 'authorization'],
  ['/gateway/%2e%2e/x', 'authorization'],
  ['/page', 'authorization'],
])("on MLflow's gateway alone, X-MLflow-Authorization has the login: %s", (url, header) =>
  expect(identify({ 'x-mlflow-authorization': basic('ann:pw') }, all, url)[1]).toBe(header),
)
