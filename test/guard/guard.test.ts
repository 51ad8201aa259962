import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get as getPlain, request, type Server } from 'node:http'
import { get } from 'node:https'
import { connect, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import type { AccessLogEntry } from '../../src/http/guard/access-log.ts'
import { createGuard } from '../../src/http/guard/guard.ts'
import {
  basic,
  LOGIN,
  PASSWORD,
  portOf,
  readBody,
  readUntil,
  TestGuard,
  type TestGuardSetup,
} from '../support/test-guard.ts'

let guard: TestGuard | undefined
const start = async (setup?: TestGuardSetup) => {
  guard = await TestGuard.start(setup)
  return guard
}
afterEach(() => guard?.[Symbol.asyncDispose]())

test('invalid options are an error of createGuard', () => {
  const authenticator = new Authenticator(() => undefined)
  expect(() => createGuard({ authenticator, upstream: 'http://127.0.0.1:1', realm: 'a\nb' })).toThrow(
    '"realm"',
  )
  expect(() => createGuard({ authenticator, upstream: 'nonsense' })).toThrow('"upstream"')
  expect(() =>
    createGuard({ authenticator, upstream: 'http://127.0.0.1:1', tls: { cert: 'x', key: 'y' } }),
  ).toThrow()
})

test('the server limits the time of a header, not of a body', async () => {
  const { server } = (await start()).guard
  expect(server.requestTimeout).toBe(0)
  expect(server.headersTimeout).toBe(20_000)
})

test.skipIf(process.platform !== 'linux')('keepalive probes run on both sides', async () => {
  const test = await start({ app: (_, res) => void res.write('first') })
  const socket = test.connect()
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`)
  await readUntil(socket, 'first')
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0')
  // the timer of a connection that is at rest: 02 is that of keepalive, 00 none (proc_net_tcp of the kernel)
  const timers = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(
      ([, local, remote]) =>
        local?.endsWith(`:${hex(test.port)}`) || remote?.endsWith(`:${hex(portOf(test.app))}`),
    )
    .filter(([, , , state]) => state === '01')
    .map(([, , , , , timer]) => timer?.slice(0, 2))
  expect(timers).toEqual(['02', '02'])
})

test('a large head is accepted, a larger one is 431', async () => {
  const { url } = await start()
  const long = (bytes: number) =>
    fetch(url, { headers: { authorization: basic('alice', PASSWORD), cookie: 'x'.repeat(bytes) } })
  expect((await long(40_000)).status).toBe(200)
  expect((await long(70_000)).status).toBe(431)
})

test('many headers all count', async () => {
  const test = await start()
  const many = Array.from({ length: 3000 }, (_, i) => `X-${i}: y`)
  expect(await test.status('GET / HTTP/1.1', ...many, LOGIN)).toBe(200)
  expect(test.received[0]?.values('x-forwarded-for')).toEqual(['127.0.0.1'])
})

test.each([
  [
    'bytes that are no request',
    'nonsense\r\n\r\n',
    { method: '-', path: '-', status: 400, reason: 'malformed', cause: expect.stringContaining('HPE_') },
  ],
  [
    'a method that the parser does not know',
    'LIST /v1/secret HTTP/1.1\r\nHost: x\r\n\r\n',
    { method: '-', path: '-', status: 501, reason: 'malformed', cause: 'the method LIST' },
  ],
  [
    'an address with characters that are not encoded',
    'GET /x?name=Gr\xc3\xb6\xc3\x9fe HTTP/1.1\r\nHost: x\r\n\r\n',
    {
      method: '-',
      path: '-',
      status: 400,
      reason: 'malformed',
      cause: expect.stringContaining('HPE_INVALID_URL'),
    },
  ],
  [
    'a header that is too long',
    `GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
    { method: '-', path: '-', status: 431, reason: 'malformed' },
  ],
  [
    'CONNECT',
    'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n',
    { method: 'CONNECT', path: '-', status: 405, reason: 'malformed' },
  ],
  [
    'an expectation that cannot be met',
    'GET /x HTTP/1.1\r\nHost: x\r\nExpect: magic\r\n\r\n',
    { method: 'GET', path: '/x', status: 417, reason: 'expectation' },
  ],
])('%s: a response, a line in the log, and the connection ends', async (_, text, entry) => {
  const test = await start()
  expect(await test.raw(text)).toMatch(new RegExp(`^HTTP/1.1 ${entry.status} `))
  expect(await test.logged(1)).toMatchObject([{ ...entry, address: '127.0.0.1', user: undefined }])
})

test('a connection without a request is not logged', async () => {
  const test = await start()
  const accepted = once(test.guard.server, 'connection')
  const socket = test.connect()
  const [its] = await accepted
  // what node:http says when the time for a head is over
  const late = Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
  test.guard.server.emit('clientError', late, its)
  expect(await readUntil(socket, '\n408')).toMatch(/^HTTP\/1\.1 408 /)
  expect(await test.logged(0)).toEqual([])
})

test('a broken connection without a request is not logged', async () => {
  const test = await start()
  const accepted = once(test.guard.server, 'connection')
  const socket = test.connect()
  const [its] = await accepted
  const gone = new Promise(resolve => its.once('close', resolve))
  socket.resetAndDestroy()
  await gone
  expect(await test.logged(0)).toEqual([])
})

test('invalid bytes after a request in flight cut its response and are never mixed into it', async () => {
  const test = await start({ app: (_, res) => void res.write('first') })
  const socket = test.connect()
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`)
  expect(await readUntil(socket, 'first')).not.toContain('400')
  socket.write('nonsense\r\n')
  expect(await readUntil(socket, '400')).toBe('')
})

test('each request is logged once, at its end', async () => {
  const test = await start()
  await test.fetch('/a?secret=1')
  await test.fetch('/b', { password: 'wrong-password' })
  await test.raw('GET /.htpasswd/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  expect(await test.logged(3)).toMatchObject([
    { user: 'alice', path: '/a', status: 200, bytes: 5, reason: undefined, address: '127.0.0.1' },
    { user: undefined, path: '/b', status: 401, reason: 'rejected' },
    { user: undefined, path: '/.htpasswd/health', status: 200, reason: 'health' },
  ])
  expect(JSON.stringify(test.log)).not.toMatch(/secret|wrong-password/)
})

const HEALTH = 'GET /.htpasswd/health HTTP/1.1\r\nHost: x\r\n\r\n'

test.each(['before', 'after'])(
  'a CONNECT after a request: a client that resets the connection %s the response does no harm',
  async when => {
    const test = await start()
    for (let i = 0; i < 10; i++) {
      const accepted = new Promise<Socket>(resolve => test.guard.server.once('connection', resolve))
      const socket = test.connect()
      await once(socket, 'connect')
      socket.write(`${HEALTH}CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n`)
      // not events.once, which would hear the error that nobody else may have heard
      const gone = accepted.then(its => new Promise(resolve => its.once('close', resolve)))
      if (when === 'after') await readUntil(socket, 'ok\n')
      socket.resetAndDestroy()
      await gone
    }
    expect((await test.fetch('/.htpasswd/health')).status).toBe(200)
  },
)

test('a CONNECT after a request does not keep the connection open', async () => {
  const test = await start()
  const accepted = once(test.guard.server, 'connection')
  const socket = test.connect()
  socket.write(`${HEALTH}CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n`)
  const [its] = await accepted
  await once(its, 'close')
})

describe('a connection without an address', () => {
  test('was reset before it was accepted, and is closed', async () => {
    const test = await start()
    const socket = new Socket()
    test.guard.server.emit('connection', socket)
    expect(socket.destroyed).toBe(true)
  })

  test.skipIf(process.platform === 'win32')(
    'is served where the guard listens on a Unix socket',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'guard-path-'))
      const authenticator = new Authenticator(() => undefined)
      const { server, close } = createGuard({ authenticator, upstream: (_, res) => res.end() })
      const socketPath = join(folder, 'socket')
      await once((server as Server).listen(socketPath), 'listening')
      const [res] = await once(getPlain({ socketPath, path: '/.htpasswd/health', agent: false }), 'response')
      expect((await readBody(res)).toString()).toBe('ok\n')
      await close(0)
      rmSync(folder, { recursive: true })
    },
  )
})

test('pipelined requests end when their client disconnects', async () => {
  let open = 0
  let came: () => void = () => {}
  const all = new Promise<void>(resolve => (came = resolve))
  const test = await start({
    app: (_, res) => {
      if (++open === 3) came()
      res.once('close', () => open--)
      res.write('first')
    },
  })
  const socket = test.connect()
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`.repeat(3))
  await Promise.all([all, readUntil(socket, 'first')])
  socket.destroy()
  expect(await test.logged(3)).toHaveLength(3)
  for (let turns = 0; open > 0 && turns < 10_000; turns++) await new Promise(resolve => setImmediate(resolve))
  expect(open).toBe(0)
})

test('a log callback that throws is a warning, and the guard keeps working', async () => {
  const test = await start({
    log: () => {
      throw new Error('the disk is full')
    },
  })
  const warned = once(process, 'warning')
  expect((await test.fetch('/')).status).toBe(200)
  expect((await warned)[0].message).toBe('the disk is full')
  expect((await test.fetch('/')).status).toBe(200)
})

describe('closing', () => {
  test('ends an upgrade that the app has not answered', async () => {
    const test = await start()
    const asked = once(
      test.app.on('upgrade', () => {}),
      'upgrade',
    )
    const socket = test.connect()
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    await asked
    await test.guard.close(1)
  })

  test('called again, sets a shorter limit', async () => {
    const test = await start({ upstream: (_, res) => void res.write('first') })
    const socket = test.connect()
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`)
    await readUntil(socket, 'first')
    await Promise.all([test.guard.close(60_000), test.guard.close(1)])
  })

  test('completes a request in flight, then closes its connection', async () => {
    let finish: () => void = () => {}
    const test = await start({
      app: (_, res) => {
        finish = () => res.end('done')
      },
    })
    const socket = test.connect()
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`)
    await once(test.app, 'request')
    const { url } = test
    const closed = test.guard.close(60_000)
    finish()
    expect(await readUntil(socket, 'done')).toMatch(/^HTTP\/1\.1 200/)
    await closed
    await expect(fetch(url)).rejects.toThrow()
  })

  test('ends streams and tunnels at the end of the grace period', async () => {
    const test = await start({ app: (_, res) => void res.write('first') })
    test.app.on('upgrade', (_req, socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    })
    const [stream, tunnel] = [test.connect(), test.connect()]
    stream.write(`GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`)
    tunnel.write(`GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    await readUntil(stream, 'first')
    await readUntil(tunnel, '101')
    await Promise.all([once(stream, 'close'), once(tunnel, 'close'), test.guard.close(1)])
  })
})

describe('the limit of connections without a login', () => {
  test('counts one connection once, also where it offers an upgrade that is not taken', async () => {
    const test = await start({ maxConnectionsPerAddress: 1 })
    const offer =
      'GET /.htpasswd/health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n'
    for (let i = 0; i < 3; i++) expect(await test.raw(offer)).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('closes the rest of a refused upload for a new connection', async () => {
    const test = await start({ maxConnectionsPerAddress: 1 })
    const accepted = once(test.guard.server, 'connection')
    const upload = connect({ port: test.port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})
    upload.write('PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9999\r\n\r\nx')
    const [socket] = await accepted
    await once(upload.resume(), 'end')
    expect(socket.destroyed).toBe(false)
    expect(await test.status('GET /.htpasswd/health HTTP/1.1')).toBe(200)
    expect(socket.destroyed).toBe(true)
    upload.destroy()
  })
})

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guard-tls-'))
  const certificate = (name: string) => {
    const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
    const subject = ['-subj', `/CN=${name}`, '-keyout', key, '-out', cert, '-days', '1']
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject],
      { stdio: 'ignore' },
    )
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  }
  const [one, two] = [certificate('one'), certificate('two')]
  rmSync(folder, { recursive: true })

  async function nameOf(port: number): Promise<string | undefined> {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const { CN } = socket.getPeerCertificate().subject
    socket.destroy()
    return CN as string
  }

  test('serves HTTPS; the app gets the scheme that fits its Host', async () => {
    const test = await start({ tls: one })
    const headers = {
      authorization: basic('alice', PASSWORD),
      origin: `https://127.0.0.1:${test.port}`,
      'x-forwarded-proto': 'https',
    }
    const req = get({
      port: test.port,
      host: '127.0.0.1',
      path: '/x',
      rejectUnauthorized: false,
      headers,
      agent: false,
    })
    const [res] = await once(req, 'response')
    expect((await readBody(res)).toString()).toBe('hello')
    expect(test.received[0]?.values('x-forwarded-proto')).toEqual(['http'])
    expect(test.received[0]?.values('origin')).toEqual([test.appOrigin])
  })

  test('takes a new certificate while running, and keeps the old one if the new one is invalid', async () => {
    const test = await start({ tls: one })
    expect(await nameOf(test.port)).toBe('one')
    expect(() => test.guard.setCertificate({ cert: 'bad', key: 'bad' })).toThrow()
    expect(await nameOf(test.port)).toBe('one')
    test.guard.setCertificate(two)
    expect(await nameOf(test.port)).toBe('two')
  })
})

test.skipIf(process.platform === 'win32')(
  'it listens on a Unix socket, whose clients have no address',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guard-listen-'))
    await using first = await TestGuard.start()
    const log: AccessLogEntry[] = []
    const upstream = first.appOrigin
    const { authenticator } = first
    const guard = createGuard({
      authenticator,
      upstream,
      trustProxy: ['unix'],
      log: entry => log.push(entry),
    })
    await once(guard.server.listen(join(folder, 'g.sock')), 'listening')
    for (const headers of [{}, { 'x-forwarded-for': '192.0.2.7' }]) {
      const sent = request({ socketPath: join(folder, 'g.sock'), headers, agent: false }).end()
      const [response] = await once(sent, 'response')
      response.resume()
      await once(response, 'end')
    }
    await guard.close()
    expect(log.map(({ address, status }) => [address, status])).toEqual([
      ['unix', 401],
      ['192.0.2.7', 401],
    ])
    rmSync(folder, { recursive: true })
  },
)
