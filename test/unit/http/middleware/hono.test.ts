// The middleware of Hono: its responses and the user of a request.
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { hashPassword } from '../../../../src/hash/hash-password.ts'
import { basicAuth } from '../../../../src/http/middleware/hono.ts'
import { basic } from '../../../support/test-guard.ts'

const hash = await hashPassword('wonderland', { format: 'sha1' })
const users = { alice: hash }
const headers = { authorization: basic('alice', 'wonderland') }

test('calls the next handler for a user; everybody else gets the challenge, HEAD without a body', async () => {
  const app = new Hono().use(basicAuth({ users, realm: 'Lab' })).get('/', c => c.json(c.get('auth')))
  expect(await (await app.request('/', { headers })).json()).toEqual({ user: 'alice', groups: [] })
  const response = await app.request('/')
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Basic realm="Lab", charset="UTF-8"')
  expect(await (await app.request('/', { method: 'HEAD' })).text()).toBe('')
})

test('protects the routes it is used for', async () => {
  const app = new Hono()
    .use('/admin/*', basicAuth({ users }))
    .get('/admin/x', c => c.text(c.var.auth.user))
    .get('/', c => c.text(String(c.get('auth'))))
  expect([(await app.request('/admin/x')).status, await (await app.request('/')).text()]).toEqual([
    401,
    'undefined',
  ])
  expect(await (await app.request('/admin/x', { headers })).text()).toBe('alice')
})

test.each(['/admin/x', '/%61dmin/x', '/adm%69n/x'])('a rule holds for what Hono decodes: %s', async path => {
  const rules = ['ANY /admin/** none', 'ANY /** valid-user']
  const app = new Hono().use(basicAuth({ users, rules })).get('/admin/x', c => c.text('reached'))
  expect((await app.request(path, { headers })).status).toBe(403)
  expect((await app.request('/other', { headers })).status).toBe(404)
})

test('an open path needs no login', async () => {
  const app = new Hono()
    .use(basicAuth({ users, allowPaths: ['/health'] }))
    .get('/health', c => c.text('ok'))
    .post('/health', c => c.text('ok'))
  const status = async (path: string, method = 'GET') => (await app.request(path, { method })).status
  expect([await status('/health'), await status('/health?x'), await status('/health', 'POST')]).toEqual([
    200, 200, 401,
  ])
})

test('the address is that of the socket on Node, or what "address" finds', async () => {
  const wrong = (app: Hono, address: string, guess: string) =>
    app.request(
      '/',
      { headers: { authorization: basic('x', guess), 'x-client': address } },
      { incoming: { socket: { remoteAddress: address } } },
    )
  const bySocket = new Hono().use(basicAuth({ users, maxFailures: 1 }))
  const byHeader = new Hono().use(
    basicAuth({ users, maxFailures: 1, address: c => c.req.header('x-client') }),
  )
  for (const app of [bySocket, byHeader]) {
    const [one, two] = ['192.0.2.1', '192.0.2.2']
    const answers = [await wrong(app, one, 'a'), await wrong(app, one, 'b'), await wrong(app, two, 'c')]
    expect(answers.map(({ status }) => status)).toEqual([401, 429, 401])
  }
})
