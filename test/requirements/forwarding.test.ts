// What goes up and comes down: requirements 8, 12, 18 and 31, where the black-box suite asks for less than they say.
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createGuard, type Guard } from '../../src/http/guard/guard.ts'
import { makeCertificate, openssl } from '../support/certificate.ts'
import { skipReason } from '../support/outside-program.ts'
import { ask } from '../support/raw-client.ts'
import { LOGIN, portOf, readUntil, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
afterEach(() => guard[Symbol.asyncDispose]())

const login = LOGIN.split(': ') as [string, string]
const hasIpv6 = Object.values(networkInterfaces()).some(list => list?.some(one => one.address === '::1'))

describe.skipIf(!hasIpv6)('requirement 8: a guard that listens on IPv6 and IPv4 at once', () => {
  let both: Guard
  afterEach(() => both.close(0))

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
  ])('says of a client at %s that it is %s, without ::ffff:', async (host, address) => {
    guard = await TestGuard.start()
    both = createGuard({ authenticator: guard.authenticator, upstream: guard.appOrigin })
    await once(both.server.listen(0, '::'), 'listening')
    let peer: string | undefined
    both.server.on('connection', socket => {
      peer = socket.remoteAddress
    })
    await ask({ host, port: portOf(both.server), headers: [login] })
    expect(guard.received[0]?.values('x-forwarded-for')).toEqual([address])
    expect(peer).toBe(host === '::1' ? '::1' : '::ffff:127.0.0.1')
  })
})

describe('requirement 12: over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test.skipIf(skipReason({ openssl })).each([
    ["the upstream's Host goes with its own scheme", false, 'http'],
    ["the client's Host goes with the client's scheme", true, 'https'],
  ])('%s', async (_, preserveHost, scheme) => {
    const { cert, key } = makeCertificate(folder, 'mlflow.example')
    guard = await TestGuard.start({ tls: { cert: readFileSync(cert), key: readFileSync(key) }, preserveHost })
    const host = 'mlflow.example:8443'
    await ask({
      port: guard.port,
      tls: true,
      method: 'POST',
      headers: [login, ['Host', host], ['X-Forwarded-Proto', 'https'], ['Origin', `https://${host}`]],
    })
    const [got] = guard.received
    expect(got?.values('host')).toEqual([preserveHost ? host : guard.appOrigin.slice(7)])
    expect(got?.values('x-forwarded-proto')).toEqual([scheme])
    expect(got?.values('origin')).toEqual([preserveHost ? `https://${host}` : guard.appOrigin])
  })
})

describe('requirement 18: within a second', () => {
  test.each(['Content-Length: 1000000', 'Transfer-Encoding: chunked'])(
    'an upload (%s) that its client leaves is broken off upstream',
    async framing => {
      guard = await TestGuard.start({ app: req => void req.on('error', () => {}) })
      const socket = guard.connect()
      const first = framing.startsWith('T') ? '5\r\nfirst\r\n' : 'first'
      socket.write(`PUT /x HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n${framing}\r\n\r\n${first}`)
      const [req] = await once(guard.app, 'request')
      await once(req, 'data')
      const left = performance.now()
      // the app's side fails too, with "aborted": `once` would throw that
      const closed = new Promise(resolve => req.once('close', resolve))
      socket.destroy()
      await closed
      expect(req.complete).toBe(false)
      expect(performance.now() - left).toBeLessThan(1000)
    },
  )

  test('an event stream that its client leaves is ended upstream', async () => {
    guard = await TestGuard.start({ app: (_, res) => void res.write('data: 1\n\n') })
    const socket = guard.connect()
    socket.write(`GET /x HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`)
    const [, res] = await once(guard.app, 'request')
    await readUntil(socket, 'data: 1')
    const left = performance.now()
    socket.destroy()
    await once(res, 'close')
    expect(performance.now() - left).toBeLessThan(1000)
  })
})

test.each(['GET', 'POST'])(
  'requirement 31: a redirect of the guard itself leaves %s as it is',
  async method => {
    guard = await TestGuard.start({ prefix: '/mlflow' })
    const { status, headers } = await guard.fetch('/mlflow?a=b', { method })
    expect([status, headers.get('location')]).toEqual([308, '/mlflow/?a=b'])
  },
)
