import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { LOGIN, type Received, readBody, readUntil, TestGuard, toReceived } from '../../support/test-guard.ts'

let guard: TestGuard
afterEach(() => guard?.[Symbol.asyncDispose]())

describe('a listener of this process', () => {
  const received: Received[] = []
  const start = async (setup = {}) => {
    received.length = 0
    guard = await TestGuard.start({
      ...setup,
      upstream: (req, res) =>
        void readBody(req).then(body => {
          received.push(toReceived(req, body))
          expect(req.headers['x-forwarded-for']).toBe('127.0.0.1')
          res.end('embedded')
        }),
    })
  }

  test('gets the same request as an app', async () => {
    await start({ prefix: '/app', userHeader: 'X-User' })
    const answer = await guard.fetch('/app/x?y', {
      method: 'POST',
      body: 'hello',
      headers: { 'x-user': 'root' },
    })
    expect(await answer.text()).toBe('embedded')
    expect(received[0]).toMatchObject({ method: 'POST', target: '/x?y', body: Buffer.from('hello') })
    expect(received[0]?.values('x-user')).toEqual(['alice'])
    expect(received[0]?.values('authorization')).toEqual([])
    expect((await guard.logged(1))[0]).toMatchObject({ path: '/app/x', status: 200, bytes: 8 })
  })

  test('is guarded like an app', async () => {
    await start()
    expect((await guard.fetch('/', { user: '' })).status).toBe(401)
    expect(received).toEqual([])
  })

  test('sees all of equal header lines, as node:http gives them', async () => {
    let seen: unknown
    guard = await TestGuard.start({
      upstream: ({ headers, headersDistinct }, res) => {
        seen = [headers, headersDistinct].map(of => [of['x-many'], of.cookie, of['x-forwarded-for']])
        res.end()
      },
    })
    const twice = ['X-Many: one', 'X-many: two', 'Cookie: a=1', 'Cookie: b=2']
    // many are dropped on the way: the app's must not be counted by the client's
    const dropped = Array.from({ length: 20 }, (_, i) => `X-Forwarded-For: 10.0.0.${i}`)
    expect(await guard.status('GET / HTTP/1.1', LOGIN, '__proto__: x', ...dropped, ...twice)).toBe(200)
    expect(seen).toEqual([
      ['one, two', 'a=1; b=2', '127.0.0.1'],
      [['one', 'two'], ['a=1', 'b=2'], ['127.0.0.1']],
    ])
  })

  test('takes a body that waits for 100 Continue', async () => {
    await start()
    const socket = guard.connect()
    socket.write(
      `PUT / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n`,
    )
    expect(await readUntil(socket, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 100 /)
    socket.write('hi')
    expect(await readUntil(socket, 'embedded')).toMatch(/^HTTP\/1\.1 200 /)
    expect(received[0]?.body.toString()).toBe('hi')
  })

  test('sees that there is a body of unknown length', async () => {
    await start()
    await guard.raw(
      `POST / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
    )
    expect(received[0]?.body.toString()).toBe('hi')
    expect(received[0]?.values('transfer-encoding')).toEqual(['chunked'])
  })

  test('that throws is a warning, and its client sees a broken connection', async () => {
    guard = await TestGuard.start({
      upstream: () => {
        throw new Error('a bug of the app')
      },
    })
    const warned = once(process, 'warning')
    expect(await guard.raw(`GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`)).toBe('')
    expect((await warned)[0].message).toBe('a bug of the app')
  })

  test('has no upgrades', async () => {
    await start()
    expect(await guard.status('GET / HTTP/1.1', LOGIN, 'Upgrade: websocket', 'Connection: Upgrade')).toBe(426)
  })
})
