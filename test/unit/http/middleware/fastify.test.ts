import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Authenticator } from '../../../../src/auth/authenticator.ts'
import { hashPassword } from '../../../../src/hash/hash-password.ts'
import { basicAuth } from '../../../../src/http/middleware/fastify.ts'
import { basic } from '../../../support/test-guard.ts'

const hash = await hashPassword('wonderland', { format: 'sha1' })
const users = { alice: hash }
let app: FastifyInstance
afterEach(() => app.close())

const status = async (url: string, user?: string, headers: Record<string, string> = {}): Promise<number> => {
  const login = user === undefined ? {} : { authorization: basic(user, 'wonderland') }
  return (await app.inject({ url, headers: { ...login, ...headers } })).statusCode
}

describe('registered on the root instance', () => {
  test('protects routes before and after it, those of plugins, and unknown addresses', async () => {
    app = Fastify()
    app.get('/before', async () => 'x')
    await app.register(basicAuth, { users })
    app.get('/after', async request => request.auth)
    await app.register(async scope => void scope.get('/inner', async request => request.auth))
    for (const url of ['/before', '/after', '/inner', '/unknown'])
      expect([url, await status(url)]).toEqual([url, 401])
    expect([await status('/after', 'alice'), await status('/inner', 'alice')]).toEqual([200, 200])
    expect(await status('/unknown', 'alice')).toBe(404)
    const { body } = await app.inject({
      url: '/inner',
      headers: { authorization: basic('alice', 'wonderland') },
    })
    expect(JSON.parse(body)).toEqual({ user: 'alice', groups: [] })
  })
})

describe('registered in a scope', () => {
  test('protects that scope only; request.auth is null elsewhere', async () => {
    app = Fastify()
    await app.register(
      async admin => {
        await admin.register(basicAuth, { users })
        admin.get('/', async request => request.auth?.user)
      },
      { prefix: '/admin' },
    )
    app.get('/', async request => ({ auth: request.auth === undefined ? 'undefined' : request.auth }))
    expect([await status('/'), await status('/admin'), await status('/admin', 'alice')]).toEqual([
      200, 401, 200,
    ])
  })

  test('two scopes have users of their own, and one within another asks both', async () => {
    app = Fastify()
    const add = (
      prefix: string,
      setup: { users: Record<string, string> },
      inner?: { users: Record<string, string> },
    ) =>
      app.register(
        async scope => {
          await scope.register(basicAuth, setup)
          scope.get('/', async request => request.auth?.user)
          if (inner !== undefined)
            await scope.register(
              async deep => {
                await deep.register(basicAuth, inner)
                deep.get('/', async request => request.auth?.user)
              },
              { prefix: '/deep' },
            )
        },
        { prefix },
      )
    await add('/a', { users: { alice: hash, bob: hash } }, { users: { bob: hash } })
    await add('/b', { users: { carol: hash } })
    expect([await status('/a', 'alice'), await status('/b', 'alice')]).toEqual([200, 401])
    expect([await status('/a', 'carol'), await status('/b', 'carol')]).toEqual([401, 200])
    expect([await status('/a/deep', 'alice'), await status('/a/deep', 'bob')]).toEqual([401, 200])
  })
})

test('no request sees the user of another one', async () => {
  app = Fastify()
  await app.register(basicAuth, { users, allowPaths: ['/open'] })
  app.get('/open', async request => ({ auth: request.auth }))
  app.get('/', async request => ({ auth: request.auth }))
  await status('/', 'alice')
  expect((await app.inject('/open')).json()).toEqual({ auth: null })
})

test("counts failures by Fastify's own address of the client", async () => {
  app = Fastify({ trustProxy: true })
  await app.register(basicAuth, { users, maxFailures: 1 })
  const from = (address: string, user: string) => status('/', user, { 'x-forwarded-for': address })
  expect([await from('192.0.2.1', 'x'), await from('192.0.2.1', 'y')]).toEqual([401, 401])
  const guess = { authorization: basic('x', 'another-guess'), 'x-forwarded-for': '192.0.2.1' }
  expect((await app.inject({ url: '/', headers: guess })).statusCode).toBe(429)
  expect(await from('192.0.2.2', 'x')).toBe(401)
})

test("an invalid option fails the registration; Fastify's own are none", async () => {
  app = Fastify()
  app.register(basicAuth, { users, relam: 'x' } as never)
  await expect(app.ready()).rejects.toMatchObject({ code: 'ERR_OPTION' })
  app = Fastify()
  await expect(
    app.register(basicAuth, { users, prefix: '/x', logLevel: 'warn' } as never).ready(),
  ).resolves.toBe(app)
})

test('closing the instance ends the threads of its authenticator', async () => {
  const close = vi.spyOn(Authenticator.prototype, 'close')
  app = Fastify()
  await app.register(basicAuth, { users })
  await app.close()
  expect(close).toHaveBeenCalledOnce()
  close.mockRestore()
})
