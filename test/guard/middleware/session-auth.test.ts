// The sign-in page in apps of node:http, Express, Fastify and Hono: the same conversations with each.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { Authenticator } from '../../../src/auth/authenticator.ts'
import { TokenAuthenticator } from '../../../src/auth/tokens/token-authenticator.ts'
import { parseGroups } from '../../../src/document/groups.ts'
import { hashPassword } from '../../../src/hash/hash-password.ts'
import { sessionAuth as expressAuth } from '../../../src/http/middleware/express.ts'
import { sessionAuth as fastifyAuth } from '../../../src/http/middleware/fastify.ts'
import { sessionAuth as honoAuth } from '../../../src/http/middleware/hono.ts'
import { type SessionAuthOptions, sessionAuth } from '../../../src/http/middleware/session-auth.ts'
import { ACCEPT_HTML, BrowserClient } from '../../support/browser-client.ts'
import { basic, listen, PASSWORD, portOf } from '../../support/test-guard.ts'

const folder = mkdtempSync(join(tmpdir(), 'session-auth-'))
afterAll(() => rmSync(folder, { recursive: true }))
const hash = await hashPassword(PASSWORD, { format: 'sha1' })
const secret = 's'.repeat(32)

const hello = (auth: { user: string; groups: readonly string[] } | null | undefined): string =>
  `hello ${auth?.user} of ${auth?.groups.join()}`

interface App extends AsyncDisposable {
  readonly port: number
}

async function serveWith(listener: RequestListener, close: () => Promise<void>): Promise<App> {
  const server = await listen(createServer(listener) as Server)
  return {
    port: portOf(server),
    [Symbol.asyncDispose]: async () => {
      await close()
      server.close()
    },
  }
}

/** What @hono/node-server does with a request and its response. */
function listenerOf(app: Hono): RequestListener {
  const toRequest = (req: IncomingMessage): Request => {
    const { method = 'GET', headers, url } = req
    const body = method === 'POST' ? { body: Readable.toWeb(req), duplex: 'half' } : {}
    return new Request(`http://${headers.host}${url}`, { method, headers, ...body } as RequestInit)
  }
  return async (req, res) => {
    const { status, headers, body } = await app.fetch(toRequest(req), { incoming: req })
    const fields = [...headers].filter(([name]) => name !== 'set-cookie')
    res.writeHead(status, [...fields, ...headers.getSetCookie().map(value => ['set-cookie', value])].flat())
    for await (const chunk of body ?? []) res.write(chunk)
    res.end()
  }
}

/** Starts an app that greets its users. */
const apps = {
  'node:http': async (options: SessionAuthOptions) => {
    const login = sessionAuth(options)
    return serveWith(
      (req: IncomingMessage & { auth?: { user: string; groups: readonly string[] } }, res) =>
        login(req, res, () => res.end(hello(req.auth))),
      () => login.close(),
    )
  },
  Express: async (options: SessionAuthOptions) => {
    const login = expressAuth(options)
    const app = express()
    app.use(login)
    app.all('/{*path}', (req, res) => void res.send(hello(req.auth)))
    return serveWith(app, () => login.close())
  },
  'Express, behind a body parser': async (options: SessionAuthOptions) => {
    const login = expressAuth(options)
    const app = express()
    app.use(express.urlencoded({ extended: false }), login)
    app.all('/{*path}', (req, res) => void res.send(hello(req.auth)))
    return serveWith(app, () => login.close())
  },
  Fastify: async (options: SessionAuthOptions) => {
    const app = fastify()
    await app.register(fastifyAuth, options)
    app.all('/*', async request => hello(request.auth))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: portOf(app.server), [Symbol.asyncDispose]: () => app.close() }
  },
  Hono: async (options: SessionAuthOptions) => {
    const login = honoAuth(options)
    const app = new Hono().use(login).all('/*', c => c.text(hello(c.get('auth'))))
    return serveWith(listenerOf(app), () => login.close())
  },
} satisfies Record<string, (options: SessionAuthOptions) => Promise<App>>

describe.each(Object.entries(apps))('%s', (name, start) => {
  const file = join(folder, name.replace(/\W/g, ''))

  test('signs in, goes on, signs out, and knows a deleted user', async () => {
    writeFileSync(file, `alice:${hash}\n`)
    await using app = await start({ file, secret, realm: 'The lab' })
    const browser = new BrowserClient(`http://127.0.0.1:${app.port}`)
    expect((await browser.open('/x')).body).toContain('<h1>The lab</h1>')
    expect((await browser.signIn('alice', 'wrong')).status).toBe(401)
    expect((await browser.signIn('alice', PASSWORD, { next: '/x' })).body).toBe('hello alice of ')
    expect((await browser.open('/x')).headers['cache-control']).toBe('private')
    const program = await browser.send('GET', '/x', { cookie: '', authorization: basic('alice', PASSWORD) })
    expect(program.body).toBe('hello alice of ')
    const account = await browser.open('/.htpasswd/account')
    expect(account.body).toContain('Change password')
    expect(account.body).not.toContain('Access tokens')
    const cookie = browser.cookieHeader
    await browser.submit('/.htpasswd/logout', {})
    expect((await browser.send('GET', '/x', { accept: ACCEPT_HTML, cookie })).status).toBe(303)
    await browser.signIn('alice', PASSWORD)
    writeFileSync(file, 'bob:!\n')
    expect((await browser.send('GET', '/x', { accept: ACCEPT_HTML })).status).toBe(303)
  })

  test('takes tokens, groups and rules, for sessions and programs alike', async () => {
    writeFileSync(file, `alice:${hash}\nbob:${hash}\n`)
    const tokens = `${file}.other`
    const groups = parseGroups('lab: alice\nadmins: bob\n')
    const rules = ['ANY /admin/** group:admins', 'ANY /** valid-user']
    await using app = await start({ file, secret, tokens, groups, rules })
    const browser = new BrowserClient(`http://127.0.0.1:${app.port}`)
    expect((await browser.signIn('alice', PASSWORD, { next: '/x' })).body).toBe('hello alice of lab')
    for (const path of ['/admin/x', '/ADMIN/x', '/%61dmin/x'])
      expect((await browser.open(path)).status, path).toBe(403)
    const account = (await browser.open('/.htpasswd/account')).body
    expect(account).toContain('lab')
    const wish = { action: 'create-token', name: 'ci', scope: 'read', 'create-current': PASSWORD }
    const { body } = await browser.submit('/.htpasswd/account', wish)
    const [token = ''] = /htk_\w+/.exec(body) ?? []
    expect(readFileSync(tokens, 'utf8')).toContain('alice')
    const withToken = (method: string, path: string) =>
      browser.send(method, path, { cookie: '', authorization: `Bearer ${token}` })
    expect((await withToken('GET', '/x')).body).toBe('hello alice of lab')
    expect((await withToken('POST', '/x')).status).toBe(403)
    expect((await withToken('GET', '/admin/x')).status).toBe(403)
    expect((await withToken('GET', '/.htpasswd/account')).status).toBe(403)
    const bob = { cookie: '', authorization: basic('bob', PASSWORD) }
    expect((await browser.send('GET', '/admin/x', bob)).body).toBe('hello bob of admins')
    const [, id = ''] = /name="id" value="([^"]+)"/.exec(body) ?? []
    await browser.submit('/.htpasswd/account', { action: 'revoke-token', id, 'revoke-current': PASSWORD })
    expect((await withToken('GET', '/x')).status).toBe(401)
  })

  test('a form that is too long, or none, is refused', async () => {
    writeFileSync(file, `alice:${hash}\n`)
    await using app = await start({ file, secret })
    const browser = new BrowserClient(`http://127.0.0.1:${app.port}`)
    const send = (type: string, text: string) =>
      browser.send(
        'POST',
        '/.htpasswd/login',
        { origin: `http://127.0.0.1:${app.port}`, 'content-type': type },
        text,
      )
    const long = await send('application/x-www-form-urlencoded', `username=alice&x=${'x'.repeat(9_000)}`)
    // the body parser has read it
    expect(long.status).toBe(name.includes('parser') ? 401 : 413)
    expect((await send('application/json', '{"username":"alice"}')).status).toBe(415)
    expect((await browser.signIn('alice', PASSWORD)).body).toBe('hello alice of ')
  })
})

test('Hono does not read a form that is too long to its end', async () => {
  const login = honoAuth({ users: { alice: hash } })
  const app = new Hono().use(login)
  let pulled = 0
  const body = new ReadableStream({
    pull: controller => {
      pulled++
      controller.enqueue(Buffer.alloc(4096, 'x'))
    },
  })
  const headers = { origin: 'http://lab.example', 'content-type': 'application/x-www-form-urlencoded' }
  const request = new Request('http://lab.example/.htpasswd/login', {
    ...{ method: 'POST', headers, body, duplex: 'half' },
  } as RequestInit)
  expect((await app.fetch(request)).status).toBe(413)
  expect(pulled).toBeLessThan(6)
  await login.close()
})

test('an address that cannot be found refuses the request', async () => {
  const onError = vi.fn()
  await using app = await apps['node:http']({
    users: { alice: hash },
    onError,
    address: () => {
      throw new Error('no address')
    },
  })
  const browser = new BrowserClient(`http://127.0.0.1:${app.port}`)
  expect((await browser.send('GET', '/', { authorization: basic('alice', PASSWORD) })).status).toBe(500)
  expect(onError).toHaveBeenCalledExactlyOnceWith(new Error('no address'))
})

test('what was given stays open, with its own tokens', async () => {
  const file = join(folder, 'given')
  writeFileSync(file, `alice:${hash}\n`)
  await using authenticator = Authenticator.fromFile(file)
  await using tokens = TokenAuthenticator.fromFile(authenticator, `${file}.tokens`)
  const close = vi.spyOn(Authenticator.prototype, 'close')
  {
    await using app = await apps['node:http']({ authenticator, tokens, file })
    const browser = new BrowserClient(`http://127.0.0.1:${app.port}`)
    await browser.signIn('alice', PASSWORD)
    expect((await browser.open('/.htpasswd/account')).body).toContain('Access tokens')
  }
  expect(close).not.toHaveBeenCalled()
  close.mockRestore()
})

test.each([
  [{}, 'got none'],
  [{ users: {}, file: 'x' }, 'got "file" and "users"'],
  [{ users: {}, secret: 'short' }, 'at least 32 characters'],
  [{ users: {}, typo: 1 }, '"typo"'],
  [{ users: {}, maxFailures: -1 }, '"maxFailures"'],
  [{ users: {}, groups: {} }, '"groups" expected'],
  [{ users: {}, tokens: 1 }, '"tokens" expected'],
  [{ users: {}, address: '192.0.2.1' }, '"address" expected a function'],
  [{ authenticator: {} }, '"authenticator" expected an Authenticator'],
])('%j is refused', (options, message) => {
  expect(() => sessionAuth(options as object)).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining(message) }),
  )
})
