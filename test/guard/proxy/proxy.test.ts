import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { LOGIN, portOf, readUntil, TestGuard, type TestGuardSetup } from '../../support/test-guard.ts'

let guard: TestGuard
const start = async (setup?: TestGuardSetup | RequestListener) => {
  guard = await TestGuard.start(typeof setup === 'function' ? { app: setup } : setup)
}
const ends: (() => void)[] = []
afterEach(async () => {
  await guard[Symbol.asyncDispose]()
  for (const end of ends.splice(0)) end()
})

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx'

/** An app that answers each connection's first bytes with these, written by hand. */
async function startRaw(answer: (connections: number) => string | undefined): Promise<() => number> {
  let connections = 0
  const server = createServer(socket => {
    const text = answer(++connections)
    socket.on('error', () => {})
    socket.once('data', () => (text === undefined ? socket.resetAndDestroy() : socket.end(text, 'latin1')))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  ends.push(() => server.close())
  await start({ upstream: `http://127.0.0.1:${portOf(server)}` })
  return () => connections
}

const head = (method: string, ...lines: string[]) =>
  `${method} /x HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n${lines.map(line => `${line}\r\n`).join('')}\r\n`

describe('a request to the app', () => {
  test.each([
    '/a%2Fb%20%C3%A9//..;/?filter=a%27b&order_by=x',
    '/',
    '//',
    '/?',
    '/a?b?c',
    '/%',
    '/a\\b',
    "/'()*",
  ])('with its target %s untouched', async target => {
    await start()
    expect((await guard.forward(`GET ${target} HTTP/1.1`))?.target).toBe(target)
  })

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'HEAD'])(
    'with its method %s',
    async method => {
      await start()
      expect(await guard.forward(`${method} /x HTTP/1.1`)).toMatchObject({ method, target: '/x' })
    },
  )

  test('keeps its body and length, or its chunked encoding', async () => {
    await start()
    await guard.fetch('/x', { method: 'POST', body: 'hello' })
    await guard.fetch('/x', {
      method: 'POST',
      body: new Blob(['hel', 'lo']).stream(),
      duplex: 'half',
    } as RequestInit)
    expect(
      guard.received.map(one => [
        one.body.toString(),
        one.values('content-length'),
        one.values('transfer-encoding'),
      ]),
    ).toEqual([
      ['hello', ['5'], []],
      ['hello', [], ['chunked']],
    ])
  })

  test('a GET with a body keeps it', async () => {
    await start()
    const socket = guard.connect()
    socket.write(`${head('GET', 'Content-Length: 5', 'Connection: close')}hello`)
    await readUntil(socket, 'hello')
    expect(guard.received[0]?.body.toString()).toBe('hello')
  })

  test('trailers end at the guard', async () => {
    await start()
    const socket = guard.connect()
    socket.write(
      `${head('POST', 'Transfer-Encoding: chunked', 'Trailer: X-Forwarded-User', 'Connection: close')}2\r\nhi\r\n0\r\nX-Forwarded-User: root\r\n\r\n`,
    )
    await readUntil(socket, 'hello')
    expect(guard.received[0]).toMatchObject({ body: Buffer.from('hi') })
    expect(guard.received[0]?.values('trailer')).toEqual([])
  })

  test('100 Continue is sent when the app is ready for the body', async () => {
    await start()
    const socket = guard.connect()
    socket.write(head('PUT', 'Expect: 100-continue', 'Content-Length: 5', 'Connection: close'))
    expect(await readUntil(socket, '\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('hello')
    expect(await readUntil(socket, 'hello')).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(guard.received[0]?.values('expect')).toEqual([])
  })

  test('without a login there is no 100 Continue, and the connection closes', async () => {
    await start()
    const answer = await guard.raw(
      'PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 401 [\s\S]*connection: close/i)
  })
})

describe('a response from the app', () => {
  test('keeps status, headers and bytes', async () => {
    await start((_, res) => {
      res.writeHead(207, 'Multi', [
        'ETag',
        '"x"',
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'X-Frame-Options',
        'SAMEORIGIN',
        'Content-Encoding',
        'gzip',
      ])
      res.end(Buffer.from([0x1f, 0x8b, 0xff, 0x00]))
    })
    const answer = await guard.raw(head('GET', 'Connection: close'))
    expect(answer).toMatch(
      /^HTTP\/1\.1 207 Multi\r\nETag: "x"\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Frame-Options: SAMEORIGIN\r\n/,
    )
    expect(answer.match(/x-frame-options/gi)).toHaveLength(1)
    expect(answer).toContain('\x1f\x8b\xff\x00')
  })

  test.each([
    ['nothing', ''],
    ['a short body', 'x'.repeat(100)],
    ['one of one piece', 'x'.repeat(16 * 1024)],
    ['a longer one', 'x'.repeat(16 * 1024 + 1)],
    ['a long one', 'ä'.repeat(2_000_000)],
  ])('%s, of known length', async (_, text) => {
    await start((_req, res) => {
      res.setHeader('Content-Length', Buffer.byteLength(text))
      res.end(text)
    })
    const answer = await guard.fetch('/')
    expect(await answer.text()).toBe(text)
    expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
    expect((await guard.logged(1))[0]).toMatchObject({ bytes: Buffer.byteLength(text), aborted: false })
  })

  test('HEAD keeps the length, 204 and 304 have no body', async () => {
    await start((req, res) => {
      if (req.url === '/204') res.writeHead(204).end()
      else if (req.url === '/304') res.writeHead(304, { ETag: '"x"' }).end()
      else res.writeHead(200, { 'Content-Length': '12345' }).end()
    })
    const answer = await guard.fetch('/', { method: 'HEAD' })
    expect(answer.headers.get('content-length')).toBe('12345')
    expect((await guard.fetch('/204')).status).toBe(204)
    expect((await guard.fetch('/304')).status).toBe(304)
  })

  test('ranges and conditions pass unchanged', async () => {
    await start((req, res) => {
      expect(req.headers.range).toBe('bytes=1-2')
      expect(req.headers['if-none-match']).toBe('"x"')
      res.writeHead(206, { 'Content-Range': 'bytes 1-2/5', 'Content-Length': '2' }).end('el')
    })
    const answer = await guard.fetch('/', { headers: { range: 'bytes=1-2', 'if-none-match': '"x"' } })
    expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
      206,
      'bytes 1-2/5',
      'el',
    ])
  })

  test('events arrive one by one, the head before the first', async () => {
    let send: (text: string) => void = () => {}
    await start((_, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' })
      res.flushHeaders()
      send = text => void res.write(text)
    })
    const answer = await guard.fetch('/')
    const reader = answer.body?.getReader()
    for (const event of ['data: one\n\n', 'data: two\n\n']) {
      send(event)
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(event)
    }
    await reader?.cancel()
  })

  test('a header with bytes beyond ASCII passes', async () => {
    await startRaw(
      () =>
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Disposition: attachment; filename="\xc3\xa4"\r\n\r\nhi',
    )
    expect(await guard.raw(head('GET', 'Connection: close'))).toContain('filename="\xc3\xa4"')
  })

  test('a response that ends with the connection is complete', async () => {
    await startRaw(() => 'HTTP/1.0 200 OK\r\n\r\nuntil the end')
    expect(await (await guard.fetch('/')).text()).toBe('until the end')
  })

  test('interim responses arrive before it, except 100, and none to HTTP/1.0', async () => {
    await startRaw(
      () =>
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\nConnection: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
    )
    const text = await guard.raw(head('GET', 'Connection: close'))
    expect(text).toMatch(
      /^HTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 103 Early Hints\r\nLink: <\/x>\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*hi$/,
    )
    expect(await guard.raw(`GET / HTTP/1.0\r\n${LOGIN}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('when the app fails', () => {
  test('before its response: 502 in plain words, and the next request works', async () => {
    let broken = true
    await start((_, res) => (broken ? res.destroy() : res.end('well')))
    const answer = await guard.fetch('/', { method: 'POST', body: 'x' })
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('without a response')])
    broken = false
    expect(await (await guard.fetch('/')).text()).toBe('well')
    expect((await guard.logged(1))[0]).toMatchObject({ status: 502, reason: 'upstream-down', user: 'alice' })
  })

  test('not running: 502 at once', async () => {
    await start({ upstream: 'http://127.0.0.1:1' })
    expect((await guard.fetch('/')).status).toBe(502)
    expect((await guard.fetch('/', { method: 'PUT', body: 'x'.repeat(1_000_000) })).status).toBe(502)
  })

  test('within the body: the client sees a broken response, not a complete one', async () => {
    await start((_, res) => {
      res.writeHead(200, { 'Content-Length': '10' })
      res.write('half', () => res.destroy())
    })
    await expect(guard.fetch('/').then(answer => answer.text())).rejects.toThrow()
    expect((await guard.logged(1))[0]).toMatchObject({ aborted: true, reason: 'upstream-cut' })
  })

  test('within a body without a length: no last chunk', async () => {
    await start((_, res) => void res.write('half', () => res.destroy()))
    await expect(guard.fetch('/').then(answer => answer.text())).rejects.toThrow()
  })

  test('an invalid response is 502', async () => {
    await startRaw(() => 'SSH-2.0-OpenSSH_9.2\r\n')
    expect(await guard.status('GET / HTTP/1.1', LOGIN)).toBe(502)
  })

  test('silent for longer than the timeout: 504', async () => {
    await start({ app: () => {}, upstreamTimeout: 50 })
    const answer = await guard.fetch('/')
    expect([answer.status, await answer.text()]).toEqual([504, expect.stringContaining('in time')])
  })

  test('not reading an upload for longer than the timeout: 504', async () => {
    const app = createServer(socket => void socket.on('error', () => {}).pause())
    await once(app.listen(0, '127.0.0.1'), 'listening')
    ends.push(() => app.close())
    await start({ upstream: `http://127.0.0.1:${portOf(app)}`, upstreamTimeout: 50 })
    const answer = await guard.fetch('/', { method: 'PUT', body: Buffer.alloc(64 << 20) })
    expect([answer.status, await answer.text()]).toEqual([504, expect.stringContaining('in time')])
  })

  test('a GET succeeds although a restarted app has closed all pooled connections', async () => {
    const asked = new Set<Socket>()
    let dead: ReadonlySet<Socket> = new Set()
    const app = createServer(socket => {
      socket.on('error', () => {})
      socket.on('data', () => {
        if (dead.has(socket)) socket.resetAndDestroy()
        // all together, so that each request needs a connection of its own
        else if (dead.size > 0) socket.write(ANSWER)
        else if (asked.add(socket).size === 3) for (const one of asked) one.write(ANSWER)
      })
    })
    await once(app.listen(0, '127.0.0.1'), 'listening')
    ends.push(() => app.close())
    await start({ upstream: `http://127.0.0.1:${portOf(app)}` })
    await Promise.all([1, 2, 3].map(async () => (await guard.fetch('/')).text()))
    dead = asked
    expect((await guard.fetch('/')).status).toBe(200)
  })

  test('a POST is never sent twice, a GET once more', async () => {
    const connections = await startRaw(n =>
      n % 2 === 1 ? undefined : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
    )
    expect(await guard.status('POST / HTTP/1.1', LOGIN)).toBe(502)
    expect(connections()).toBe(1)
    expect(await guard.status('GET / HTTP/1.1', LOGIN)).toBe(200)
    expect(connections()).toBe(2)
    expect(await guard.status('GET / HTTP/1.1', LOGIN)).toBe(200)
    expect(connections()).toBe(4)
  })
})

describe('when the client disconnects', () => {
  test('during a stream, the app is told', async () => {
    const gone = promise<undefined>()
    await start((_, res) => {
      res.on('close', () => gone.resolve(undefined))
      res.write('first')
    })
    const socket = guard.connect()
    socket.write(head('GET'))
    await readUntil(socket, 'first')
    socket.destroy()
    await gone.promise
  })

  test('by closing its sending side alone, the app learns of it too', async () => {
    const gone = promise<undefined>()
    await start((_, res) => void res.on('close', () => gone.resolve(undefined)))
    const socket = guard.connect()
    socket.write(head('GET'))
    await once(guard.app, 'request')
    socket.end()
    await gone.promise
    expect(await guard.logged(1)).toMatchObject([{ status: 0, aborted: true }])
  })

  test('during an upload, the app sees a broken request', async () => {
    const seen = promise<boolean>()
    await start(req => {
      req.on('error', () => {})
      req.on('close', () => seen.resolve(req.complete))
      req.resume()
    })
    const socket = guard.connect()
    socket.write(`${head('PUT', 'Content-Length: 100')}half`)
    await once(guard.app, 'request')
    socket.destroy()
    expect(await seen.promise).toBe(false)
  })
})

test('many chunks of one read wait for one drain event', async () => {
  const chunks = '4\r\naaaa\r\n'.repeat(200_000)
  await startRaw(() => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`)
  let most = 0
  guard.guard.server.on('request', (_: unknown, res: ServerResponse) => {
    res.on('newListener', name => {
      if (name === 'drain') most = Math.max(most, res.listenerCount('drain') + 1)
    })
  })
  expect(await (await guard.fetch('/')).text()).toBe('aaaa'.repeat(200_000))
  expect(most).toBe(1)
})

test('a response before the end of an upload arrives, and the connection stays open', async () => {
  await start((_, res) => void res.writeHead(413, { 'Content-Length': '3' }).end('big'))
  const socket = guard.connect()
  socket.write(`${head('PUT', 'Content-Length: 3000000')}${'x'.repeat(1000)}`)
  expect(await readUntil(socket, 'big')).toMatch(/^HTTP\/1\.1 413 /)
  socket.write('x'.repeat(2_999_000))
  socket.write(head('GET'))
  expect(await readUntil(socket, 'big')).toMatch(/^HTTP\/1\.1 413 /)
})

test.skipIf(process.platform === 'win32')(
  'an app that refuses an upload and closes over it is heard, each time',
  async () => {
    const app = createServer(socket => {
      socket
        .on('error', () => {})
        .once('data', () => {
          socket.pause()
          socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig', () => socket.destroy())
        })
    })
    await once(app.listen(0, '127.0.0.1'), 'listening')
    ends.push(() => app.close())
    await start({ upstream: `http://127.0.0.1:${portOf(app)}` })
    for (let i = 0; i < 30; i++) {
      const answer = await guard.fetch('/', { method: 'PUT', body: Buffer.alloc(200_000 * (1 + (i % 10))) })
      expect([answer.status, await answer.text()]).toEqual([413, 'big'])
    }
  },
)

function promise<T>() {
  let resolve: (value: T) => void = () => {}
  return { promise: new Promise<T>(done => (resolve = done)), resolve: (value: T) => resolve(value) }
}
