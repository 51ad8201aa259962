import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { Authenticator } from '../../../../src/auth/authenticator.ts'
import { hashPassword } from '../../../../src/hash/hash-password.ts'
import { fetchBasicAuth } from '../../../../src/http/middleware/fetch.ts'
import { basic } from '../../../support/test-guard.ts'

const hash = await hashPassword('wonderland', { format: 'sha1' })
const authenticator = new Authenticator(name => (name === 'alice' ? hash : undefined), { maxFailures: 1 })
const check = fetchBasicAuth(authenticator, { realm: 'Lab' })

const app = new Hono<{ Variables: { user: string } }>()
app.use(async (c, next) => {
  const { user, response } = await check(c.req.raw, { address: c.req.header('test-address') })
  if (response !== undefined) return response
  c.set('user', user)
  await next()
})
app.get('/', c => c.text(`hello ${c.get('user')}`))

test('calls the route of Hono for a user', async () => {
  const response = await app.request('/', { headers: { authorization: basic('alice', 'wonderland') } })
  expect(await response.text()).toBe('hello alice')
})

test('gives the response to send to everybody else', async () => {
  const response = await app.request('/')
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Basic realm="Lab", charset="UTF-8"')
  expect(await response.text()).toMatch(/^401 Unauthorized/)
  expect(await (await app.request('/', { method: 'HEAD' })).text()).toBe('')
})

test('counts failures by the address that it is given', async () => {
  const headers = { authorization: basic('x', 'y'), 'test-address': '192.0.2.1' }
  expect((await app.request('/', { headers })).status).toBe(401)
  const throttled = await app.request('/', { headers: { ...headers, authorization: basic('x', 'z') } })
  expect(throttled.status).toBe(429)
  expect(throttled.headers.get('retry-after')).toBe('5')
})
