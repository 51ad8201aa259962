// The hook and the plugins of Fastify: which routes they protect, and their replies.
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { Authenticator } from '../../../../src/auth/authenticator.ts'
import { hashPassword } from '../../../../src/hash/hash-password.ts'
import { fastifyBasicAuth } from '../../../../src/http/middleware/fastify-hook.ts'
import { basic } from '../../../support/test-guard.ts'

const hash = await hashPassword('wonderland', { format: 'sha1' })
let app: FastifyInstance
let reached = 0

function start(maxFailures = 10) {
  const authenticator = new Authenticator(name => (name === 'alice' ? hash : undefined), { maxFailures })
  app = Fastify({ trustProxy: true })
  app.addHook('onRequest', fastifyBasicAuth(authenticator, { realm: 'Lab' }))
  app.get('/', async request => {
    reached++
    return `hello ${request.auth?.user}`
  })
}
afterEach(() => app.close())

test('calls the route for a user', async () => {
  start()
  const response = await app.inject({ url: '/', headers: { authorization: basic('alice', 'wonderland') } })
  expect(response.body).toBe('hello alice')
})

test('replies with a challenge to everybody else, and does not call the route', async () => {
  start()
  reached = 0
  const response = await app.inject({
    url: '/',
    headers: { authorization: basic('alice', 'wrong'), accept: 'text/html' },
  })
  expect(response.statusCode).toBe(401)
  expect(response.headers['www-authenticate']).toBe('Basic realm="Lab", charset="UTF-8"')
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(reached).toBe(0)
})

test("counts failures by Fastify's own address of the client", async () => {
  start(1)
  const from = (address: string, password: string) =>
    app.inject({ url: '/', headers: { authorization: basic('x', password), 'x-forwarded-for': address } })
  expect((await from('192.0.2.1', 'y')).statusCode).toBe(401)
  expect((await from('192.0.2.1', 'z')).statusCode).toBe(429)
  expect((await from('192.0.2.2', 'z')).statusCode).toBe(401)
})
