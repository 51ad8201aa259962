// An app on a Unix socket: a request, a stream, an upload, a WebSocket; and a missing socket.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createRawServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { basic, PASSWORD, TestGuard } from '../../support/test-guard.ts'

describe.skipIf(process.platform === 'win32')('an app on a Unix socket', () => {
  let folder: string
  let path: string
  let app: Server | undefined
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guard-socket-'))
    path = join(folder, 'app one.sock')
  })
  afterEach(() => {
    app?.closeAllConnections()
    app?.close()
    app = undefined
    rmSync(folder, { recursive: true })
  })

  test('gets the request as localhost, and its stream, upload and WebSocket pass', async () => {
    app = createServer(async (req, res) => {
      if (req.url === '/redirect') {
        res.writeHead(302, { location: 'http://localhost/next', 'set-cookie': 'a=b; Domain=localhost' }).end()
        return
      }
      let bytes = 0
      for await (const chunk of req) bytes += (chunk as Buffer).length
      const { host, origin } = req.headers
      res.write(`${JSON.stringify({ host, origin, bytes })}\n`)
      if (req.url !== '/stream') res.end()
    })
    const sockets = new WebSocketServer({ server: app })
    sockets.on('connection', socket => socket.on('message', data => socket.send(`echo ${data}`)))
    await once(app.listen(path), 'listening')
    await using guard = await TestGuard.start({ upstream: `unix:${path}` })

    const headers = { origin: guard.url, 'content-type': 'text/plain' }
    const posted = await guard.fetch('/', { method: 'POST', headers, body: 'x'.repeat(300_000) })
    expect(await posted.json()).toEqual({ host: 'localhost', origin: 'http://localhost', bytes: 300_000 })

    const redirect = await guard.fetch('/redirect')
    expect(redirect.headers.get('location')).toBe('/next')
    expect(redirect.headers.get('set-cookie')).toBe('a=b')

    const stream = (await guard.fetch('/stream')).body?.getReader()
    expect(Buffer.from((await stream?.read())?.value ?? []).toString()).toContain('"host"')
    await stream?.cancel()

    const client = new WebSocket(guard.url.replace('http', 'ws'), {
      headers: { authorization: basic('alice', PASSWORD) },
    })
    await once(client, 'open')
    client.send('hello')
    expect(String((await once(client, 'message'))[0])).toBe('echo hello')
    client.terminate()
  })

  test('that is not there is a 502, with the socket in the log', async () => {
    await using guard = await TestGuard.start({ upstream: `unix:${path}` })
    expect((await guard.fetch('/')).status).toBe(502)
    const [entry] = await guard.logged(1)
    expect([entry?.reason, entry?.cause]).toEqual(['upstream-down', `ENOENT at unix:${path}`])
  })

  test('may come and go, and readiness follows', async () => {
    const server = createRawServer().listen(path)
    await once(server, 'listening')
    await using guard = await TestGuard.start({ upstream: `unix:${path}`, readyUpstream: true })
    const ready = async () => (await guard.fetch('/.htpasswd/ready', { user: '' })).status
    expect(await ready()).toBe(200)
    server.close()
    await once(server, 'close')
    expect(await ready()).toBe(503)
    app = createServer((_, res) => res.end('up'))
    await once(app.listen(path), 'listening')
    expect(await (await guard.fetch('/')).text()).toBe('up')
  })
})
