// Real proxies ask the guard: one table of cases for all of them, with the files of docs/deploy.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Sessions } from '../../src/auth/sessions/sessions.ts'
import { toByteString } from '../../src/bytes.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { ACCEPT_HTML, BrowserClient } from '../support/browser-client.ts'
import {
  freePort,
  type Program,
  skipReason,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'
import { type Answer, type Ask, ask, basic, open } from '../support/raw-client.ts'
import { runBin } from '../support/run.ts'
import { StubUpstream } from '../support/stub-upstream.ts'
import { type ProxyProgram, proxyPrograms, type StartedProxy, startProxy } from './auth-proxies.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'auth-endpoint-'))
const app = new StubUpstream()
const SECRET = 'for this test only, but long enough to be one'
let guard: Program
let guardPort: number
let token: string
let readerToken: string

beforeAll(async () => {
  const records = ['ann', 'guest'].map(
    async user => `${user}:${await hashPassword(`pw of ${user}`, { cost: 5 })}\n`,
  )
  writeFileSync(join(folder, 'users'), (await Promise.all(records)).join(''))
  writeFileSync(join(folder, 'groups'), 'team: ann\n')
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`, { mode: 0o600 })
  const newToken = async (user: string): Promise<string> => {
    const added = await runBin(['token', 'add', 'users', user, '--name', 'ci'], { cwd: folder })
    return /htk_\w+/.exec(added.stdout)?.[0] ?? ''
  }
  token = await newToken('ann')
  readerToken = await newToken('guest')
  guardPort = await freePort()
  const endpoints = ['nginx', 'traefik', 'caddy', 'envoy', 'haproxy'].flatMap(name => [
    '--auth-endpoint',
    name,
  ])
  const access = [
    '--preset',
    'mlflow',
    '--readers',
    'user:guest',
    '--groups',
    'groups',
    '--session-secret-file',
    'secret',
  ]
  guard = startProgram(
    process.execPath,
    [
      ...[bin, 'serve', 'users', ...endpoints, '--trust-proxy', '127.0.0.1', '--login', ...access],
      ...['--listen', `127.0.0.1:${guardPort}`],
    ],
    { cwd: folder },
  )
  await app.listen()
  await untilListening(guardPort, guard)
})
afterAll(async () => {
  await guard?.[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** The cookie of a session that began so many hours ago and has not been used since. */
const sessionCookie = (user: string, hours: number): string => {
  const line = readFileSync(join(folder, 'users'), 'utf8')
    .split('\n')
    .find(text => text.startsWith(`${user}:`))
  const now = (): number => Date.now() - hours * 3_600_000
  const source = { get: () => line?.slice(user.length + 1) }
  const cookie = new Sessions({ source, secrets: [SECRET], now }).issue(toByteString(user), {
    scheme: 'http',
  })
  return cookie.split(';')[0] as string
}

type Fields = readonly (readonly [string, string])[]
const ann = basic('ann', 'pw of ann')
const guest = basic('guest', 'pw of guest')
const websocket: Fields = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
]
const WRITE = '/api/2.0/mlflow/experiments/create'

interface Case {
  readonly path?: string
  readonly method?: string
  readonly headers?: Fields
  /** Expected; a proxy may refuse some requests in words of its own. */
  readonly status: number | readonly number[]
  /** Whom the app is told; undefined: the app must not have seen the request. */
  readonly user?: string
}

const cases: Record<string, Case> = {
  'no login': { status: 401 },
  'a wrong password': { headers: [basic('ann', 'wrong')], status: 401 },
  'an unknown user': { headers: [basic('root', 'root')], status: 401 },
  'the right password': { headers: [ann], status: 200, user: 'ann' },
  'a target with a query and escapes': {
    path: '/a%20b/c,d?e=%2F&f=1,2',
    headers: [ann],
    status: 200,
    user: 'ann',
  },
  "a reader's read": { headers: [guest], status: 200, user: 'guest' },
  "a reader's write": { method: 'POST', path: WRITE, headers: [guest], status: 403 },
  "a reader's deletion": {
    method: 'DELETE',
    path: '/api/2.0/mlflow-artifacts/artifacts/a',
    headers: [guest],
    status: 403,
  },
  'a write': { method: 'POST', path: WRITE, headers: [ann], status: 200, user: 'ann' },
  "a header with a user's name": {
    headers: [ann, ['Remote-User', 'root'], ['Remote-Groups', 'admins']],
    status: 200,
    user: 'ann',
  },
  'the same for a user without groups': {
    headers: [guest, ['Remote-User', 'root'], ['Remote-Groups', 'admins']],
    status: 200,
    user: 'guest',
  },
  'the same without a login': { headers: [['Remote-User', 'root']], status: 401 },
  'the same with an underscore or a dot': {
    headers: [
      ann,
      ['Remote_User', 'root'],
      ['Remote_Groups', 'admins'],
      ['remote_user', 'root'],
      ['Remote.User', 'root'],
    ],
    status: 200,
    user: 'ann',
  },
  'another target in X-Forwarded-Uri': {
    method: 'POST',
    path: WRITE,
    headers: [guest, ['X-Forwarded-Uri', '/'], ['X-Forwarded-Method', 'GET']],
    status: 403,
  },
  'another target in X-Original-URI': {
    method: 'POST',
    path: WRITE,
    headers: [guest, ['X-Original-URI', '/'], ['X-Original-Method', 'GET']],
    status: [400, 403],
  },
  'an override of the method': {
    method: 'POST',
    path: WRITE,
    headers: [guest, ['X-HTTP-Method-Override', 'GET']],
    status: 403,
  },
  'a health check by its user agent': { headers: [['User-Agent', 'GoogleHC/1.0']], status: 401 },
  'a Kubernetes probe by its user agent': { headers: [['User-Agent', 'kube-probe/1.30']], status: 401 },
  'OPTIONS without a login': { method: 'OPTIONS', status: 401 },
  'a cookie that is none of ours': { headers: [['Cookie', 'htpasswd=x; __Host-htpasswd=%00']], status: 401 },
  'a WebSocket without a login': { headers: websocket, status: 401 },
  'a WebSocket of another site': {
    headers: [ann, ...websocket, ['Origin', 'http://evil.example']],
    status: 403,
  },
  'a form of another site': {
    method: 'POST',
    path: WRITE,
    headers: [ann, ['Origin', 'http://evil.example']],
    status: 403,
  },
}

// spellings that MLflow takes for its own path of a write, and some that it does not
const tricks = [
  '/api/2.0/mlflow/experiments%2Fcreate',
  '/api/2.0/mlflow/experiments/%63reate',
  '/%61pi/2.0/mlflow/experiments/create',
  '//api/2.0/mlflow/experiments/create',
  '/api/2.0//mlflow/experiments/create',
  '/api/2.0/mlflow/runs/../experiments/create',
  '/api/2.0/mlflow/runs/%2e%2e/experiments/create',
  '/api/2.0/mlflow/experiments/search/..%2Fcreate',
  '/api/2.0/mlflow/experiments/search%2F..%2Fcreate',
  '/api/2.0/mlflow/experiments/search;/../create',
  '/api/2.0/mlflow/experiments/create/',
  '/api/2.0/mlflow/experiments/create%00',
  '/api/2.0/mlflow/experiments/create%20',
  '/api/2.0/mlflow/experiments%252Fcreate',
  '/.htpasswd/../api/2.0/mlflow/experiments/create',
  '/.htpasswd%2F..%2Fapi/2.0/mlflow/experiments/create',
  '/api/2.0/mlflow/experiments/create?x=/api/2.0/mlflow/experiments/search',
]

const gigabyte = { block: Buffer.alloc(1 << 20, 'htpasswd'), blocks: 1024, sha256: '' }
beforeAll(() => {
  const hash = createHash('sha256')
  for (let i = 0; i < gigabyte.blocks; i++) hash.update(gigabyte.block)
  gigabyte.sha256 = hash.digest('hex')
})

describe.each(Object.entries<ProxyProgram>(proxyPrograms))('%s', (name, proxy) => {
  const missing = skipReason({ [name]: proxy.program })
  let started: StartedProxy
  let browser: BrowserClient
  const send = (what: Omit<Ask, 'port'>): Promise<Answer> => ask({ port: started.port, ...what })

  describe.skipIf(missing)('asks the guard', () => {
    beforeAll(async () => {
      started = await startProxy(proxy, { guards: [guardPort], app: app.port })
      browser = new BrowserClient(`http://127.0.0.1:${started.port}`)
    })
    afterAll(() => started?.[Symbol.asyncDispose]())
    beforeEach(() => app.reset())

    test.each(Object.entries(cases))(
      '%s',
      async (_, { method = 'GET', path = '/x', headers = [], status, user }) => {
        const length: Fields = method === 'POST' ? [['Content-Length', '2']] : []
        const answer = await send({
          method,
          path,
          headers: [...headers, ...length],
          body: method === 'POST' ? '{}' : '',
        })
        expect([status].flat()).toContain(answer.status)
        if (user === undefined) {
          expect(app.seen).toEqual([])
          if (answer.status === 401)
            expect(answer.headers['www-authenticate']).toMatch(/^(Basic|Bearer) realm="/)
          return
        }
        const { only } = app
        expect([only.method, only.url]).toEqual([method, path])
        expect(only.all('remote-user')).toEqual([user])
        expect(only.all('remote-groups')).toEqual([user === 'ann' ? 'team' : '-'])
        for (const name of ['remote_user', 'remote_groups', 'remote.user', 'authorization'])
          expect(only.all(name)).toEqual([])
      },
    )

    test.each(tricks)('a reader does not write at %s', async path => {
      const body = { method: 'POST', path, body: '{}' }
      const answer = await send({ ...body, headers: [guest, ['Content-Length', '2']] })
      expect(app.seen).toEqual([])
      expect(answer.status).toBeGreaterThanOrEqual(300)
    })

    test.each([
      ['a token', (): Fields => [['Authorization', `Bearer ${readerToken}`]]],
      ['a session', (): Fields => [['Cookie', sessionCookie('guest', 0)]]],
    ])('%s gives a reader no more than the password does', async (_, headers) => {
      expect((await send({ headers: headers() })).status).toBe(200)
      expect(app.only.all('remote-user')).toEqual(['guest'])
      app.reset()
      const own: Fields = [['Origin', `http://127.0.0.1:${started.port}`]]
      const length: Fields = [['Content-Length', '2']]
      const write = { method: 'POST', path: WRITE, body: '{}', headers: [...headers(), ...own, ...length] }
      expect((await send(write)).status).toBe(403)
      expect(app.seen).toEqual([])
    })

    test('a token', async () => {
      expect((await send({ headers: [['Authorization', `Bearer ${token}`]] })).status).toBe(200)
      expect(app.only.all('remote-user')).toEqual(['ann'])
      expect((await send({ headers: [['Authorization', `Bearer ${token}x`]] })).status).toBe(401)
    })

    test('a browser is sent to the sign-in page, signs in, and is signed in', async () => {
      const first = await browser.send('GET', '/page?a=b', { accept: ACCEPT_HTML })
      expect(first.status).toBe(303)
      const location = new URL(first.headers.location ?? '', `http://127.0.0.1:${started.port}`)
      expect(location.host).toBe(`127.0.0.1:${started.port}`)
      expect(location.pathname + location.search).toBe('/.htpasswd/login?next=%2Fpage%3Fa%3Db')
      expect((await browser.open(location.pathname + location.search)).status).toBe(200)
      expect(app.seen).toEqual([])
      const page = await browser.submit('/.htpasswd/login', {
        username: 'ann',
        password: 'pw of ann',
        next: '/page',
      })
      expect(page.status).toBe(200)
      expect([app.only.url, app.only.all('remote-user')]).toEqual(['/page', ['ann']])
      expect((await browser.send('GET', '/.htpasswd/whoami')).body).toContain('"ann"')
      expect((await browser.open('/.htpasswd/account')).status).toBe(200)
      const script = { origin: 'http://evil.example', 'content-type': 'application/json' }
      expect((await browser.send('POST', WRITE, script, '{}')).status).toBe(403)
      await browser.submit('/.htpasswd/logout', {})
      expect((await browser.send('GET', '/page', { accept: ACCEPT_HTML })).status).toBe(303)
    })

    test('the cookie of a session in use is issued again', async () => {
      const pair = sessionCookie('ann', 6)
      const answer = await send({ headers: [['Cookie', pair]] })
      expect([answer.status, app.only.all('remote-user')]).toEqual([200, ['ann']])
      const [renewed = ''] = answer.headers['set-cookie'] ?? []
      expect(renewed).toMatch(/^htpasswd=.+; Path=\/; HttpOnly/i)
      expect(renewed.split(';')[0]).not.toBe(pair)
    })

    test('a script without a login gets 401 and no dialog', async () => {
      const answer = await send({ headers: [['X-Requested-With', 'XMLHttpRequest']] })
      expect(answer.status).toBe(401)
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /)
    })

    test('too many wrong passwords: 429, and when to try again', async () => {
      // of an address of its own, so that the other tests are not slowed down
      const from = `127.0.1.${Object.keys(proxyPrograms).indexOf(name) + 1}`
      const guess = (i: number) => send({ headers: [basic(`guesser ${name}`, `guess ${i}`)], from })
      for (let i = 0; i < 10; i++) expect((await guess(i)).status).toBe(401)
      const { status, headers } = await guess(10)
      expect([status, headers['retry-after']]).toEqual([429, expect.stringMatching(/^[1-9]\d*$/)])
      expect(headers['www-authenticate']).toBeUndefined()
    })

    test('a WebSocket', async () => {
      app.upgrade = (_, socket) =>
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
        )
      const answer = await send({ headers: [ann, ...websocket] })
      expect(answer.status).toBe(101)
      expect(app.only.all('remote-user')).toEqual(['ann'])
    })

    test('100-continue', async () => {
      let continued = false
      const body = 'x'.repeat(100_000)
      const headers: Fields = [ann, ['Expect', '100-continue'], ['Content-Length', String(body.length)]]
      const onContinue = (): void => {
        continued = true
      }
      const answer = await send({ method: 'PUT', path: '/file', headers, body, onContinue })
      expect([answer.status, continued, app.only.body?.bytes]).toEqual([200, true, body.length])
    })

    test('100-continue without a login', async () => {
      const answer = await open({
        port: started.port,
        method: 'PUT',
        path: '/file',
        headers: [
          ['Expect', '100-continue'],
          ['Content-Length', '100000'],
        ],
        // nginx and others ask for the body that they refuse
        onContinue: () => {},
        body: 'x'.repeat(100_000),
      })
      expect(answer.statusCode).toBe(401)
      expect(app.seen).toEqual([])
    })

    test('an upload of 1 GB arrives whole', { timeout: 120_000 }, async () => {
      const headers: Fields = [ann, ['Content-Length', String(gigabyte.blocks * gigabyte.block.length)]]
      const body = Readable.from(
        (function* () {
          for (let i = 0; i < gigabyte.blocks; i++) yield gigabyte.block
        })(),
      )
      const answer = await send({ method: 'PUT', path: '/file', headers, body })
      expect([answer.status, app.only.body?.sha256]).toEqual([200, gigabyte.sha256])
    })

    test('the endpoint itself tells a client nothing through the proxy that it does not know', async () => {
      const path = `/.htpasswd/auth/${proxy.endpoint}`
      const answer = await send({
        path,
        headers: [
          ['X-Original-Method', 'GET'],
          ['X-Original-URI', '/'],
        ],
      })
      expect(answer.status).toBeGreaterThanOrEqual(400)
    })
  })
})
