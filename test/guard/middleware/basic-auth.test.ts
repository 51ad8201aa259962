import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import connect from 'connect'
import express from 'express'
import { afterEach, describe, expect, test } from 'vitest'
import { Authenticator } from '../../../src/auth/authenticator.ts'
import { hashPassword } from '../../../src/hash/hash-password.ts'
import { type AuthenticatedRequest, basicAuth } from '../../../src/http/middleware/basic-auth.ts'
import { basic, listen, portOf, readBody } from '../../support/test-guard.ts'

const hash = await hashPassword('wonderland', { format: 'sha1' })
const authenticator = new Authenticator(name => (name === 'alice' ? hash : undefined))
const guard = basicAuth(authenticator, { realm: 'Lab', hint: 'Ask Bob.' })
const greet = (req: AuthenticatedRequest, res: { end(text: string): void }) =>
  res.end(`hello ${req.auth?.user}`)

const servers = {
  'node:http': () => createServer((req: AuthenticatedRequest, res) => guard(req, res, () => greet(req, res))),
  Connect: () => createServer(connect().use(guard).use(greet)),
  Express: () => createServer(express().use(guard).get('/', greet).post('/', greet)),
}

let server: Server
afterEach(() => void server.closeAllConnections())

async function ask(method: string, headers: Record<string, string>) {
  const req = request({ port: portOf(server), host: '127.0.0.1', method, headers, agent: false })
  req.end()
  const [res] = await once(req, 'response')
  server.close()
  return { status: res.statusCode, headers: res.headers, body: (await readBody(res)).toString() }
}

describe.each(Object.entries(servers))('%s', (_, make) => {
  test('calls the next handler for a user, with the name', async () => {
    server = await listen(make())
    expect(await ask('GET', { authorization: basic('alice', 'wonderland') })).toMatchObject({
      status: 200,
      body: 'hello alice',
    })
  })

  test('responds to everyone else with a challenge', async () => {
    server = await listen(make())
    const { status, headers, body } = await ask('POST', { authorization: basic('alice', 'wrong') })
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toBe('Basic realm="Lab", charset="UTF-8"')
    expect(body).toContain('Ask Bob.')
  })

  test('responds to HEAD without a body', async () => {
    server = await listen(make())
    expect(await ask('HEAD', {})).toMatchObject({ status: 401, body: '' })
  })
})

test('options are checked when the middleware is created', () => {
  expect(() => basicAuth(authenticator, { relam: 'x' } as never)).toThrow('"relam"')
  expect(() => basicAuth(authenticator, { realm: 'a\r\nb' })).toThrow('"realm"')
})
