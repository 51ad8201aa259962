import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../support/certificate.ts'
import {
  findProgram,
  freePort,
  skipReason,
  startProgram,
  untilListening,
} from '../../support/outside-program.ts'
import { python } from '../../support/python-backends.ts'
import { LOGIN, portOf, readUntil, TestGuard } from '../../support/test-guard.ts'

let guard: TestGuard
const ends: (() => unknown)[] = []
afterEach(async () => {
  await guard[Symbol.asyncDispose]()
  for (const end of ends.splice(0)) await end()
})

/** An app of raw bytes. @returns its origin and how many requests came. */
async function rawApp(
  respond: (socket: Socket) => void,
): Promise<{ origin: string; requests: () => number }> {
  let requests = 0
  const server = createServer(socket => {
    socket
      .on('error', () => {})
      .once('data', () => {
        requests++
        respond(socket)
      })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  ends.push(() => server.close())
  return { origin: `http://127.0.0.1:${portOf(server)}`, requests: () => requests }
}

const CRLF_ONLY = 'a newline of LF alone in the head, where HTTP needs CRLF'

describe('a response that cannot be read names its fault, and is not asked for again', () => {
  test.each([
    ['LF newlines', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', CRLF_ONLY],
    [
      'LF newlines after a status line with CRLF',
      'HTTP/1.0 200 OK\r\nContent-Type: text/plain\n\nok',
      CRLF_ONLY,
    ],
    ['half a head', 'HTTP/1.1 200 OK\r\nConte', 'the response head is incomplete'],
    ['no head', 'ok', 'the status line is not HTTP/1'],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok',
      'two Content-Length that differ',
    ],
    [
      'length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
      'both Transfer-Encoding and Content-Length',
    ],
    ['a control character', 'HTTP/1.1 200 OK\r\nX: a\x01b\r\n\r\n', 'control characters in the head'],
    ['a name with parentheses', 'HTTP/1.1 200 OK\r\nX(Bad): 1\r\n\r\n', 'a line that is no header field'],
  ])('%s', async (_, bytes, cause) => {
    const { origin, requests } = await rawApp(socket => socket.end(bytes, 'latin1'))
    guard = await TestGuard.start({ upstream: origin })
    const answer = await guard.fetch('/')
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining(cause)])
    expect(requests()).toBe(1)
    expect(await guard.logged(1)).toMatchObject([{ reason: 'upstream-invalid', cause }])
  })

  test.skipIf(skipReason({ python3: python }))(
    'a CGI script of http.server that prints LF runs once',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'cgi-'))
      ends.push(() => rmSync(folder, { recursive: true, force: true }))
      // http.server runs a script as "nobody", who has to get at it
      const script = join(folder, 'app.py')
      writeFileSync(
        script,
        `import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print('ran', flush=True)
        self.wfile.write(b'HTTP/1.0 200 Script output follows\\r\\nContent-Type: text/plain\\n\\nhello\\n')
    def log_message(self, *_): pass
http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
`,
      )
      const port = await freePort()
      const program = startProgram(python as string, [script, String(port)])
      ends.push(() => program[Symbol.asyncDispose]())
      await untilListening(port, program)
      guard = await TestGuard.start({ upstream: `http://127.0.0.1:${port}` })
      expect((await guard.fetch('/')).status).toBe(502)
      expect(program.output().match(/ran/g)).toHaveLength(1)
    },
  )
})

const openssl = findProgram('openssl')
describe.skipIf(skipReason({ openssl }))('TLS between guard and app', () => {
  const serve = async (server: Server): Promise<number> => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    ends.push(() => server.close())
    return portOf(server)
  }
  const tlsApp = (): Promise<number> => {
    const folder = mkdtempSync(join(tmpdir(), 'tls-'))
    ends.push(() => rmSync(folder, { recursive: true }))
    const { cert, key } = makeCertificate(folder, 'localhost')
    return serve(
      createHttpsServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, res) => res.end('ok')),
    )
  }

  test('a certificate that is not trusted is named', async () => {
    guard = await TestGuard.start({ upstream: `https://localhost:${await tlsApp()}` })
    expect(await (await guard.fetch('/')).text()).toMatch(/not over TLS\.\nDEPTH_ZERO_SELF_SIGNED_CERT/)
    expect(await guard.logged(1)).toMatchObject([
      { reason: 'upstream-tls', cause: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    ])
  })

  test('https for an app of plain HTTP is named', async () => {
    const port = await serve(createHttpServer((_, res) => res.end('ok')))
    guard = await TestGuard.start({ upstream: `https://127.0.0.1:${port}` })
    expect((await guard.fetch('/')).status).toBe(502)
    expect(await guard.logged(1)).toMatchObject([
      { reason: 'upstream-tls', cause: 'plain HTTP instead of TLS: the upstream needs an http URL' },
    ])
  })

  test('http for an app of TLS is named where it answers in TLS', async () => {
    const { origin } = await rawApp(socket => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46])))
    guard = await TestGuard.start({ upstream: origin })
    expect(await (await guard.fetch('/')).text()).toContain('needs an https URL')
  })
})

test('nobody listens: the cause is in the log', async () => {
  guard = await TestGuard.start({ upstream: `http://127.0.0.1:${await freePort()}` })
  expect(await (await guard.fetch('/')).text()).toContain('not reachable')
  expect(await guard.logged(1)).toMatchObject([{ reason: 'upstream-down', cause: 'ECONNREFUSED' }])
})

test.each(['::1', '127.0.0.1'])('localhost is an app at %s', async host => {
  const app = createHttpServer((_, res) => res.end('found'))
  const listening = once(app.listen(0, host), 'listening').then(
    () => true,
    () => false,
  )
  ends.push(() => app.close())
  const found = await listening
  guard = await TestGuard.start({ upstream: `http://localhost:${found ? portOf(app) : 1}` })
  // a machine without IPv6 has no such app
  if (found) expect(await (await guard.fetch('/')).text()).toBe('found')
})

describe('connections to the app', () => {
  test('are bounded: pipelined requests of one client wait for their turn', async () => {
    let open = 0
    let most = 0
    guard = await TestGuard.start({
      maxUpstreamConnections: 2,
      app: (_, res) => void setImmediate(() => res.end('x')),
    })
    guard.app.on('connection', socket => {
      most = Math.max(most, ++open)
      socket.once('close', () => open--)
    })
    const socket = guard.connect()
    const one = `GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`
    socket.write(one.repeat(11) + one.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
    const text = await readUntil(socket, /(HTTP\/1\.1 200[\s\S]*){12}x$/)
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(12)
    expect(most).toBe(2)
  })

  test('an idle one of another user makes room', async () => {
    guard = await TestGuard.start({ maxUpstreamConnections: 1, allowPaths: ['/open'] })
    for (let i = 0; i < 3; i++) {
      expect((await guard.fetch('/mine')).status).toBe(200)
      expect((await guard.fetch('/open', { user: '' })).status).toBe(200)
    }
  })

  test('a client that leaves the queue is not sent for', async () => {
    const answers: (() => void)[] = []
    guard = await TestGuard.start({
      maxUpstreamConnections: 1,
      app: (_, res) => void answers.push(() => res.end('x')),
    })
    const first = guard.fetch('/first')
    while (answers.length === 0) await new Promise(resolve => setImmediate(resolve))
    const waiting = guard.connect()
    waiting.write(`GET /left HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`)
    await once(guard.guard.server, 'request')
    waiting.destroy()
    await guard.logged(1)
    answers[0]?.()
    expect((await first).status).toBe(200)
    const last = guard.fetch('/last')
    while (answers.length === 1) await new Promise(resolve => setImmediate(resolve))
    answers[1]?.()
    expect((await last).status).toBe(200)
    expect(answers).toHaveLength(2)
  })
})
