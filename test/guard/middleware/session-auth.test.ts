// The sign-in page in apps of node:http, Express, Fastify and Hono: one conversation with each.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, describe, expect, test } from 'vitest'
import { hashPassword } from '../../../src/hash/hash-password.ts'
import { sessionAuth as expressAuth } from '../../../src/http/middleware/express.ts'
import { sessionAuth as fastifyAuth } from '../../../src/http/middleware/fastify.ts'
import { sessionAuth as honoAuth } from '../../../src/http/middleware/hono.ts'
import { sessionAuth } from '../../../src/http/middleware/session-auth.ts'
import { ACCEPT_HTML, BrowserClient } from '../../support/browser-client.ts'
import { basic, listen, PASSWORD, portOf } from '../../support/test-guard.ts'

const folder = mkdtempSync(join(tmpdir(), 'session-auth-'))
afterAll(() => rmSync(folder, { recursive: true }))
const hash = await hashPassword(PASSWORD, { format: 'sha1' })
const secret = 's'.repeat(32)

/** Starts an app for this password file; what it returns ends it. */
const apps: Record<string, (file: string) => Promise<{ port: number; close(): Promise<unknown> }>> = {
  'node:http': async file => {
    const login = sessionAuth({ file, secret, realm: 'The lab' })
    const server = await listen(
      createServer((req, res) =>
        login(req, res, () => res.end(`hello ${(req as { auth?: { user: string } }).auth?.user}`)),
      ),
    )
    return { port: portOf(server), close: () => login.close().then(() => server.close()) }
  },
  'Express, behind a body parser': async file => {
    const login = expressAuth({ file, secret, realm: 'The lab' })
    const app = express()
    app.use(express.urlencoded({ extended: false }), login)
    app.all('/{*path}', (req, res) => void res.send(`hello ${req.auth?.user}`))
    const server = await listen(createServer(app) as Server)
    return { port: portOf(server), close: () => login.close().then(() => server.close()) }
  },
  Fastify: async file => {
    const app = fastify()
    await app.register(fastifyAuth, { file, secret, realm: 'The lab' })
    app.get('/*', async request => `hello ${request.auth?.user}`)
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: portOf(app.server), close: () => app.close() }
  },
}

describe.each(Object.keys(apps))('%s', name => {
  test('signs in, goes on, signs out, and knows a deleted user', async () => {
    const file = join(folder, name.replace(/\W/g, ''))
    writeFileSync(file, `alice:${hash}\n`)
    const app = await (apps[name] as (typeof apps)[string])(file)
    try {
      const browser = new BrowserClient(`http://127.0.0.1:${app.port}`)
      expect((await browser.open('/x')).body).toContain('<h1>The lab</h1>')
      expect((await browser.signIn('alice', 'wrong')).status).toBe(401)
      expect((await browser.signIn('alice', PASSWORD, { next: '/x' })).body).toBe('hello alice')
      expect((await browser.open('/x')).headers['cache-control']).toBe('private')
      const program = await browser.send('GET', '/x', { cookie: '', authorization: basic('alice', PASSWORD) })
      expect(program.body).toBe('hello alice')
      expect((await browser.open('/.htpasswd/account')).body).toContain('Change password')
      const cookie = browser.cookieHeader
      await browser.submit('/.htpasswd/logout', {})
      expect((await browser.send('GET', '/x', { accept: ACCEPT_HTML, cookie })).status).toBe(303)
      await browser.signIn('alice', PASSWORD)
      writeFileSync(file, 'bob:!\n')
      expect((await browser.send('GET', '/x', { accept: ACCEPT_HTML })).status).toBe(303)
    } finally {
      await app.close()
    }
  })
})

test('Hono signs in, goes on, and knows a deleted user', async () => {
  const users = new Map([['alice', hash]])
  const login = honoAuth({ users, secret })
  const app = new Hono().use(login).get('/x', c => c.text(`hello ${c.get('auth').user}`))
  const headers = { accept: ACCEPT_HTML, host: 'lab.example' }
  expect((await app.request('http://lab.example/x', { headers })).headers.get('location')).toBe(
    '/.htpasswd/login?next=%2Fx',
  )
  const form = {
    ...headers,
    origin: 'http://lab.example',
    'content-type': 'application/x-www-form-urlencoded',
  }
  const body = new URLSearchParams({ username: 'alice', password: PASSWORD }).toString()
  const signedIn = await app.request('http://lab.example/.htpasswd/login', {
    method: 'POST',
    headers: form,
    body,
  })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const page = () => app.request('http://lab.example/x', { headers: { ...headers, cookie } })
  expect([signedIn.status, await (await page()).text()]).toEqual([303, 'hello alice'])
  expect((await page()).headers.get('cache-control')).toBe('private')
  users.delete('alice')
  expect((await page()).status).toBe(303)
  await login.close()
})

test('Hono reads no more of a form than a sign-in has', async () => {
  const login = honoAuth({ users: new Map(), secret })
  let pulled = 0
  const body = new ReadableStream({
    pull(controller) {
      pulled++
      controller.enqueue(Buffer.alloc(4096, 'a'))
    },
  })
  const headers = {
    host: 'lab.example',
    origin: 'http://lab.example',
    'content-type': 'application/x-www-form-urlencoded',
  }
  const request = new Request('http://lab.example/.htpasswd/login', {
    method: 'POST',
    headers,
    body,
    duplex: 'half',
  } as RequestInit)
  expect((await new Hono().use(login).fetch(request)).status).toBe(401)
  expect(pulled).toBeLessThan(10)
  await login.close()
})

test.each([[{}], [{ users: {}, file: 'x' }], [{ users: {}, secret: 'short' }], [{ users: {}, typo: 1 }]])(
  '%j is refused',
  options => {
    expect(() => sessionAuth(options as object)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  },
)
