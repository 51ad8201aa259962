// A credential of one kind skips a check of another (CVE-2026-28699, CVE-2026-28744, CVE-2026-24791, GHSA-683j-3ff6-hh2x):
// a token, sent in each way, at each class of endpoint, through each door.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createRules } from '../../src/access/rules.ts'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { addToken } from '../../src/auth/tokens/manage.ts'
import { TokenAuthenticator } from '../../src/auth/tokens/token-authenticator.ts'
import { createDecide } from '../../src/http/guard/decide.ts'
import { resolveGuardOptions } from '../../src/http/guard/resolve-options.ts'
import { fetchBasicAuth } from '../../src/http/middleware/fetch.ts'
import { basic } from '../support/test-guard.ts'

const folder = mkdtempSync(join(tmpdir(), 'token-scope-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'users')
const files = { file, tokens: `${file}.tokens` }
writeFileSync(file, 'ann:$2y$04$abcdefghijklmnopqrstuuMmTxU5HrGxEJhWmQ0yQvIhQWdDZ0zQK\nbob:*\n')
const make = (scope: 'all' | 'read') =>
  addToken(files, { user: 'ann', name: scope, scope, expires: undefined }, Date.now())
const [all, read] = [await make('all'), await make('read')]
const authenticator = Authenticator.fromFile(file, { maxFailures: 0 })
const tokens = TokenAuthenticator.fromFile(authenticator, files.tokens)

const ways: Readonly<Record<string, (token: string) => Record<string, string>>> = {
  Bearer: token => ({ authorization: `Bearer ${token}` }),
  'the scheme in another case': token => ({ authorization: `bEARER  ${token}` }),
  'Basic password': token => ({ authorization: basic('ann', token) }),
}
const client = { address: '192.0.2.1', scheme: 'http', host: 'guard.example', proxied: false } as const

/** What the guard does with a request: the status of its response, or what the app gets. */
function guardWith(options: Partial<Parameters<typeof resolveGuardOptions>[0]> = {}) {
  const resolved = resolveGuardOptions({
    authenticator,
    tokens,
    upstream: 'http://127.0.0.1:5000',
    ...options,
  })
  const decide = createDecide({ ...resolved, ...resolved.login })
  return async (line: string, headers: Record<string, string>, upgrade = false) => {
    const [method = '', url = ''] = line.split(' ')
    const head = { method, url, httpVersion: '1.1', headers: { host: 'guard.example', ...headers } }
    const decision = await decide(head, { client, upgrade })
    if ('respond' in decision) return decision.respond.status
    return 'serve' in decision ? (await decision.serve(new URLSearchParams())).status : 'forwarded'
  }
}
const guards = {
  'without rules': guardWith(),
  'with rules': guardWith({ access: createRules(['ANY /** user:ann']) }),
}

describe.each(Object.entries(guards))('%s', (_rules, send) => {
  describe.each(Object.entries(ways))('%s', (_way, headers) => {
    test.each(['GET /', 'HEAD /', 'GET /api/2.0/mlflow/runs/get?run_id=1'])('%s is read', async line => {
      expect(await send(line, headers(read))).toBe('forwarded')
      expect(await send(line, headers(all))).toBe('forwarded')
    })

    test.each([
      'POST /api/2.0/mlflow/runs/create',
      'PUT /api/2.0/mlflow-artifacts/artifacts/1/a',
      'PATCH /x',
      'DELETE /x',
      'OPTIONS /x',
      'POST /gateway/chat/mlflow/invocations',
    ])('%s is written: the same 403 for reading only', async line => {
      expect(await send(line, headers(read))).toBe(403)
      expect(await send(line, headers(all))).toBe('forwarded')
    })

    test('a WebSocket begins with a GET and can do more than read', async () => {
      expect(await send('GET /x', headers(read), true)).toBe(403)
      expect(await send('GET /x', headers(all), true)).toBe('forwarded')
    })

    test.each([
      ['GET /x', { 'x-http-method-override': 'DELETE' }],
      ['GET /x?_method=DELETE', {}],
    ])('%s that an app may take for another method is no read: %o', async (line, others) => {
      expect(await send(line, { ...headers(read), ...others })).toBe(403)
      expect(await send(line, { ...headers(all), ...others })).toBe('forwarded')
    })

    test('a method in another header is none', async () => {
      const override = { ...headers(read), 'x-http-method-override': 'GET' }
      expect(await send('POST /x', override)).toBe(403)
    })
  })
})

test('in X-MLflow-Authorization, on the gateway alone', async () => {
  const send = guards['without rules']
  for (const way of Object.values(ways)) {
    const { authorization = '' } = way(read)
    const headers = { 'x-mlflow-authorization': authorization, authorization: 'Bearer sk-provider' }
    expect(await send('GET /gateway/x', headers)).toBe('forwarded')
    expect(await send('POST /gateway/x', headers)).toBe(403)
    expect(await send('GET /gateway/../x', headers)).toBe(401)
    expect(await send('GET /x', headers)).toBe(401)
  }
})

describe('the guard’s own endpoints', () => {
  const { login } = resolveGuardOptions({ authenticator, upstream: 'http://127.0.0.1:5000', login: {} })
  const endpoints = login?.endpoints ?? []
  const send = guardWith({ login: {} })

  test('there are some for users who signed in', () => {
    expect(endpoints.filter(endpoint => endpoint.for === 'user' && !endpoint.tokens).length).toBeGreaterThan(
      1,
    )
    expect(endpoints.filter(({ tokens: areEnough }) => areEnough).map(({ path }) => path)).toEqual([
      '/.htpasswd/whoami',
    ])
  })

  const rows = endpoints.flatMap(({ path, methods, for: whom, tokens: areEnough }) =>
    methods.map(method => ({ line: `${method} ${path}`, isOpen: whom === 'anyone', areEnough })),
  )
  test.each(rows)('$line', async ({ line, isOpen, areEnough }) => {
    for (const way of Object.values(ways)) {
      const status = await send(line, way(all))
      // for anyone: the credentials are not looked at, so the request acts for nobody
      if (!isOpen) expect(status).toBe(areEnough ? 200 : 403)
      expect(await send(line, way(`${all.slice(0, -1)}_`))).toBe(isOpen ? status : 401)
    }
  })

  test.each(['tokens', 'token', 'account/tokens', 'password', ''])('/.htpasswd/%s is none', async name => {
    for (const method of ['GET', 'POST']) {
      for (const way of Object.values(ways))
        expect(await send(`${method} /.htpasswd/${name}`, way(all))).toBe(404)
    }
  })
})

test.each(Object.entries(ways))('through the middlewares: %s', async (_way, headers) => {
  for (const rules of [undefined, ['ANY /** user:ann']]) {
    const check = fetchBasicAuth({ authenticator, tokens, ...(rules && { rules }) })
    const status = async (method: string, token: string, others = {}) => {
      const request = new Request('http://app.example/x', {
        method,
        headers: { ...headers(token), ...others },
      })
      return (await check(request)).response?.status ?? 200
    }
    expect([await status('GET', read), await status('POST', read)]).toEqual([200, 403])
    expect(await status('GET', read, { 'x-http-method-override': 'DELETE' })).toBe(403)
    expect([await status('GET', all), await status('POST', all)]).toEqual([200, 200])
    expect(await status('GET', `htk_${'0'.repeat(46)}`)).toBe(401)
  }
})

test('a middleware opens a token file by its path', async () => {
  const check = fetchBasicAuth({ file, tokens: files.tokens })
  const request = new Request('http://app.example/', { headers: { authorization: `Bearer ${all}` } })
  expect(await check(request)).toMatchObject({ user: 'ann' })
  await check.close()
  expect(() => fetchBasicAuth({ file, tokens: 1 as never })).toThrow(/"tokens" expected the path of a file/)
})
