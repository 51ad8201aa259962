// No request leaves HTTP/1 for a protocol whose requests the guard does not see: CVE-2026-88008 of Traefik, with a
// character that only the app trims (Hypercorn), and apps that switch to something else than was asked for.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type Program, skipReason } from '../support/outside-program.ts'
import { pythonWithServers, startPython } from '../support/python-backends.ts'
import { LOGIN, portOf, readUntil, TestGuard } from '../support/test-guard.ts'

const HYPERCORN = `
import asyncio, sys
from hypercorn.asyncio import serve
from hypercorn.config import Config
async def app(scope, receive, send):
    if scope['type'] == 'lifespan':
        while True:
            message = await receive()
            await send({'type': message['type'] + '.complete'})
            if message['type'].endswith('shutdown'): return
    await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-length', b'2')]})
    await send({'type': 'http.response.body', 'body': b'ok'})
config = Config()
config.bind = ['127.0.0.1:' + sys.argv[1]]
asyncio.run(serve(app, config))
`

let guard: TestGuard
let app: Program | undefined
afterEach(async () => {
  await guard[Symbol.asyncDispose]()
  await app?.[Symbol.asyncDispose]()
})

const upgrade = (protocol: string): string =>
  `GET /start HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`

describe.skipIf(skipReason({ 'the environment of Python servers': pythonWithServers }))(
  'behind Hypercorn',
  () => {
    test.each(['h2c', ' h2c', 'websocket, h2c', '\x85h2c', '\xa0h2c', 'h2c\x85', '\xadh2c', 'x,h2c', 'H2C'])(
      'Upgrade: %j is a plain request, or none',
      async protocol => {
        const [program, port] = await startPython(pythonWithServers as string, HYPERCORN)
        app = program
        guard = await TestGuard.start({ upstream: `http://127.0.0.1:${port}` })
        const socket = guard.connect()
        socket.write(upgrade(protocol), 'latin1')
        expect(await readUntil(socket, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 (200|400) /)
      },
    )
  },
)

test.each([
  ['another protocol', 'Upgrade: h2c\r\n'],
  ['a list', 'Upgrade: websocket, h2c\r\n'],
  ['two protocols', 'Upgrade: websocket\r\nUpgrade: h2c\r\n'],
  ['none', 'X-First: 1\r\n'],
])('a 101 that names %s ends as 502, and both connections close', async (_, lines) => {
  const server = createServer(socket => {
    socket
      .on('error', () => {})
      .once('data', () =>
        socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n${lines}\r\n`),
      )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const closed = new Promise<void>(resolve =>
    server.once('connection', socket => socket.once('close', () => resolve())),
  )
  guard = await TestGuard.start({ upstream: `http://127.0.0.1:${portOf(server)}` })
  expect(await guard.raw(upgrade('websocket'))).toMatch(/^HTTP\/1\.1 502 /)
  await closed
  expect(await guard.logged(1)).toMatchObject([{ status: 502, reason: 'upstream-invalid' }])
  server.close()
})
