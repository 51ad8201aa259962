// The auth endpoint over a socket: repeated headers arrive unchanged, and no other path but the probes responds.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { createGuard, type Guard } from '../../src/http/guard/guard.ts'
import { ask } from '../support/raw-client.ts'

const HASH = '{SHA}C+7Hteo/D9vJXQ3UfzxbwnXaijM='
const authenticator = new Authenticator(user => (user === 'ann' ? HASH : undefined))
let guard: Guard
let port: number
beforeAll(async () => {
  guard = createGuard({ authenticator, authEndpoints: ['nginx', 'envoy'], trustProxy: ['127.0.0.1'] })
  await new Promise<void>(resolve => guard.server.listen(0, '127.0.0.1', resolve))
  port = (guard.server.address() as { port: number }).port
})
afterAll(async () => {
  await guard.close(0)
  await authenticator[Symbol.asyncDispose]()
})

const login = ['Authorization', `Basic ${btoa('ann:foo')}`] as const
const method = ['X-Original-Method', 'POST'] as const
const uri = ['X-Original-URI', '/a?b'] as const
const nginx = '/.htpasswd/auth/nginx'

test.each<[string, string, string, readonly (readonly [string, string])[], number]>([
  ['no login', 'GET', nginx, [method, uri], 401],
  ['a login', 'GET', nginx, [method, uri, login], 200],
  ['a target twice', 'GET', nginx, [method, uri, uri, login], 400],
  ['an alias of the header', 'GET', nginx, [method, ['X_Original_URI', '/'], login], 400],
  [
    'an upgrade',
    'GET',
    nginx,
    [method, uri, login, ['Connection', 'Upgrade'], ['Upgrade', 'websocket']],
    200,
  ],
  ['a cross-site request', 'GET', nginx, [method, uri, login, ['Sec-Fetch-Site', 'cross-site']], 403],
  ['envoy: any method', 'DELETE', '/.htpasswd/auth/envoy/x', [login], 200],
  ['envoy: nobody', 'GET', '/.htpasswd/auth/envoy/x', [], 401],
  ['health', 'GET', '/.htpasswd/health', [], 200],
  ['any other address, nobody', 'GET', '/', [], 401],
  ['any other address, a user', 'GET', '/', [login], 404],
])('%s', async (_, verb, path, headers, status) => {
  const answer = await ask({ port, method: verb, path, headers })
  expect(answer.status).toBe(status)
  expect(answer.headers['remote-user']).toBe(
    status === 200 && path !== '/.htpasswd/health' ? 'ann' : undefined,
  )
})

test('from an address that is not trusted, no question is answered', async () => {
  const answer = await ask({ port, path: nginx, headers: [method, uri, login], from: '127.0.0.2' })
  expect([answer.status, answer.headers['remote-user']]).toEqual([403, undefined])
})
