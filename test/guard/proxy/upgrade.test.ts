import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer, WebSocket as WsClient } from 'ws'
import {
  ClientUpgrade,
  checkUpgradeProtocol,
  createUpgradeFilter,
  joinSockets,
  withoutUpgrade,
} from '../../../src/http/proxy/upgrade.ts'
import {
  basic,
  LOGIN,
  PASSWORD,
  portOf,
  readUntil,
  TestGuard,
  type TestGuardSetup,
} from '../../support/test-guard.ts'

let guard: TestGuard
const start = async (setup?: TestGuardSetup) => {
  guard = await TestGuard.start(setup)
}
afterEach(() => guard?.[Symbol.asyncDispose]())

const handshake = (...lines: string[]) =>
  `GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${lines.map(line => `${line}\r\n`).join('')}\r\n`

test('a WebSocket works in both directions, and closes on both sides', async () => {
  await start()
  const server = new WebSocketServer({ server: guard.app })
  server.on('connection', (socket: WebSocket, req: IncomingMessage) => {
    expect(req.headers.authorization).toBeUndefined()
    expect(req.headers['x-forwarded-for']).toBe('127.0.0.1')
    socket.on('message', data => socket.send(`echo ${data}`))
  })
  const client = new WsClient(`ws://127.0.0.1:${guard.port}/ws`, {
    headers: { authorization: basic('alice', PASSWORD) },
  })
  await once(client, 'open')
  client.send('x'.repeat(100_000))
  const [answer] = await once(client, 'message')
  expect(String(answer)).toBe(`echo ${'x'.repeat(100_000)}`)
  client.close(1000)
  expect((await once(client, 'close'))[0]).toBe(1000)
  server.close()
})

test('bytes after the handshake arrive, and the protocol is named', async () => {
  await start()
  guard.app.on('upgrade', (_req, socket) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-A: b\r\n\r\nhello ',
    )
    socket.pipe(socket)
  })
  const socket = guard.connect()
  socket.write(`${handshake(LOGIN)}early`)
  const answer = await readUntil(socket, 'early')
  expect(answer).toMatch(
    /^HTTP\/1\.1 101 Switching Protocols\r\n[\s\S]*Upgrade: websocket[\s\S]*hello early$/,
  )
  socket.destroy()
  expect(await guard.logged(1)).toMatchObject([{ status: 101, user: 'alice', aborted: false }])
})

test('without a login a handshake is 401, and the app sees nothing', async () => {
  await start()
  guard.app.on('upgrade', () => expect.unreachable())
  expect(await guard.raw(handshake())).toMatch(/^HTTP\/1\.1 401 /)
})

test("the app's refusal comes through at once", async () => {
  await start({ app: (_, res) => res.writeHead(403).end('no WebSocket here') })
  expect(await guard.raw(handshake(LOGIN))).toMatch(/^HTTP\/1\.1 403 [\s\S]*no WebSocket here/)
  expect(await guard.logged(1)).toMatchObject([{ status: 403, user: 'alice' }])
})

test('an app that is not running is 502', async () => {
  await start({ upstream: 'http://127.0.0.1:1' })
  expect(await guard.raw(handshake(LOGIN))).toMatch(/^HTTP\/1\.1 502 /)
})

test('a client that disconnects ends the other side too', async () => {
  await start()
  const ended = new Promise(resolve =>
    guard.app.on('upgrade', (_req, socket) => {
      socket.on('error', () => {}).on('end', resolve)
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
      socket.resume()
    }),
  )
  const socket = guard.connect()
  socket.write(handshake(LOGIN))
  await readUntil(socket, '101')
  socket.destroy()
  await ended
})

test('the last bytes of the app arrive, however slowly the client reads', async () => {
  const app = createServer(socket => socket.on('error', () => {}).end('last words'))
  await once(app.listen(0, '127.0.0.1'), 'listening')
  const upstream = connect(portOf(app), '127.0.0.1')
  let written = ''
  let take = () => {}
  const client = new Duplex({
    read() {},
    write: (chunk, _, done) => {
      written += chunk
      take = done
    },
  })
  await start()
  const req = { headers: {}, complete: true, readableLength: 0 } as IncomingMessage
  const upgrade = new ClientUpgrade(req, client as Socket, Buffer.alloc(0), 'websocket')
  joinSockets({ detachSocket: () => {} } as unknown as ServerResponse, upgrade, upstream, Buffer.alloc(0))
  await once(upstream, 'close')
  expect(client.destroyed).toBe(false)
  take()
  await once(client, 'close')
  expect(written).toBe('last words')
  app.close()
})

test('an upgrade after an unanswered request ends the connection, not the guard', async () => {
  await start({ app: () => {} })
  const answer = await guard.raw(`GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n${handshake(LOGIN)}`)
  expect(answer).toBe('')
  expect((await guard.fetch('/.htpasswd/health')).status).toBe(200)
})

test.each([
  ['GET', '', 'h2c'],
  ['POST', 'hello', 'h2c'],
  ['POST', 'hello', 'TLS/1.0, HTTP/1.1'],
  ['POST', 'hello', 'tcp'],
])('%s with %j and the offer of %s is a plain request', async (method, body, protocol) => {
  await start()
  const answer = await guard.raw(
    `${method} /x HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*hello$/)
  expect(guard.received[0]?.body.toString()).toBe(body)
  expect(guard.received[0]?.values('upgrade')).toEqual([])
})

test('declined offers of an upgrade leave no listeners on their connection', async () => {
  await start()
  const accepted = once(guard.guard.server, 'connection')
  const socket = guard.connect()
  const listeners = async () => {
    socket.write('GET /.htpasswd/health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
    await readUntil(socket, 'ok\n')
    const [its] = await accepted
    return its.eventNames().map((name: string) => [name, its.listenerCount(name)])
  }
  const first = await listeners()
  for (let i = 0; i < 5; i++) expect(await listeners()).toEqual(first)
})

test.each([
  ['websocket', 'websocket'],
  ['WebSocket', 'websocket'],
  ['tcp', 'tcp'],
  ['h2c', undefined],
  ['websocket, h2c', undefined],
  ['websocket, websocket', undefined],
  ['H2C', undefined],
  ['\x85h2c', undefined],
  ['websocket\xa0', undefined],
  ['HTTP/2.0', undefined],
  [undefined, undefined],
])('Upgrade: %s is an upgrade to %s', (upgrade, expected) => {
  const req = { headers: { upgrade }, httpVersion: '1.1' } as IncomingMessage
  expect(createUpgradeFilter(['TCP'])(req)).toBe(expected)
})

test.each([
  ['HTTP/1.0', { httpVersion: '1.0', headers: { upgrade: 'websocket' } }],
  [
    'a chunked body',
    { httpVersion: '1.1', headers: { upgrade: 'websocket', 'transfer-encoding': 'chunked' } },
  ],
  ['a long body', { httpVersion: '1.1', headers: { upgrade: 'websocket', 'content-length': '70000' } }],
])('with %s it stays a plain request', (_, req) =>
  expect(createUpgradeFilter([])(req as unknown as IncomingMessage)).toBeUndefined(),
)

test.each(['h2c', 'HTTP/2.0', 'TLS/1.0', 'a b', '', 'websocket, h2c'])('%j cannot be allowed', protocol =>
  expect(() => checkUpgradeProtocol(protocol)).toThrow('"allowUpgrades"'),
)

test('the request is rebuilt byte for byte, without the offer', () => {
  const req = {
    method: 'POST',
    url: '/\xe4?x',
    httpVersion: '1.1',
    rawHeaders: ['Host', 'x', 'UPGRADE', 'h2c', 'X-A', '\xff'],
  }
  expect(withoutUpgrade(req as IncomingMessage, Buffer.from('body')).toString('latin1')).toBe(
    'POST /\xe4?x HTTP/1.1\r\nHost: x\r\nX-A: \xff\r\n\r\nbody',
  )
})
