// Particulars of Express: its setting for proxies, mounted routers, and its reading of paths.

import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import express, { type Express } from 'express'
import { afterEach, describe, expect, test } from 'vitest'
import { hashPassword } from '../../../src/hash/hash-password.ts'
import { basicAuth } from '../../../src/http/middleware/express.ts'
import { basic, listen, portOf } from '../../support/test-guard.ts'

const hash = await hashPassword('wonderland', { format: 'sha1' })
const users = { alice: hash, bob: hash }
let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const start = async (app: Express): Promise<void> => {
  server = await listen(createServer(app))
}

/** The status of a request whose path is sent as it is. */
async function ask(path: string, headers: Record<string, string> = {}): Promise<number> {
  const req = request({ port: portOf(server), host: '127.0.0.1', path, headers, agent: false })
  req.end()
  const [res] = await once(req, 'response')
  res.resume()
  return res.statusCode
}
const as = (user: string, password = 'wonderland') => ({ authorization: basic(user, password) })

describe('behind a proxy', () => {
  /** One wrong password from each of two addresses; with a limit of one failure, who is counted together? */
  const twoVisitors = async (trustProxy: boolean, setup: object = {}) => {
    const app = express()
    app.set('trust proxy', trustProxy ? 'loopback' : false)
    app.use(basicAuth({ users, maxFailures: 1, ...setup }))
    await start(app)
    const from = (address: string, guess: string) =>
      ask('/', { ...as('alice', guess), 'x-forwarded-for': address, 'x-client': address })
    return [await from('192.0.2.1', 'a'), await from('192.0.2.1', 'b'), await from('192.0.2.2', 'c')]
  }

  test('"trust proxy" tells visitors apart', async () => {
    expect(await twoVisitors(true)).toEqual([401, 429, 401])
  })

  test('without it, a header that anybody can send changes nothing', async () => {
    expect(await twoVisitors(false)).toEqual([401, 429, 429])
  })

  test('"address" takes another header of a proxy', async () => {
    const address = (req: express.Request) => req.get('x-client')
    expect(await twoVisitors(false, { address })).toEqual([401, 429, 401])
  })
})

describe('below a mounted router', () => {
  const mounted = (setup: object): Express => {
    const router = express.Router()
    router.use(basicAuth({ users, ...setup }))
    router.get('/{*rest}', (req, res) => void res.send(req.auth?.user ?? 'nobody'))
    return express().use('/admin', router)
  }

  test('an open path is the whole path', async () => {
    await start(mounted({ allowPaths: ['/admin/health', '/other'] }))
    expect([await ask('/admin/health'), await ask('/admin/health?x=1')]).toEqual([200, 200])
    for (const path of ['/admin/other', '/admin/HEALTH', '/admin/health/', '/admin/%68ealth', '/admin/x'])
      expect([path, await ask(path)]).toEqual([path, 401])
  })

  test('a rule is about the whole path, in any case and with a final slash, as Express routes it', async () => {
    await start(mounted({ rules: ['ANY /admin/secret user:alice', 'ANY /** valid-user'] }))
    expect([await ask('/admin/secret', as('alice')), await ask('/admin/x', as('bob'))]).toEqual([200, 200])
    for (const path of [
      '/admin/secret',
      '/ADMIN/Secret',
      '/admin/secret/',
      '/admin/secre%74',
      '/admin//secret',
    ])
      expect([path, await ask(path, as('bob'))]).toEqual([path, 403])
    expect(await ask('http://lab.example/admin/x', as('bob'))).toBe(403)
  })
})
