// What takes minutes, by a clock of the test: requirements 14, 15, 17 and 26. `test/interop/soak.js` does the same in real time.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eitherOf, LOGIN, readUntil, TestGuard } from '../support/test-guard.ts'

const MINUTE = 60_000
let guard: TestGuard

// all that the guard's own code waits with; node:http's limits are no timers of ours and are looked at by themselves
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await guard[Symbol.asyncDispose]()
})

const head = (method: string, ...lines: string[]): string =>
  [`${method} /x HTTP/1.1`, 'Host: guard.example', LOGIN, ...lines, '', ''].join('\r\n')

/** No timer of node:http or of the guard will end the request; one of the guard checks each second whether its user still exists. */
function expectNoLimit(known = 1): void {
  const { server } = guard.guard
  expect([server.requestTimeout, server.timeout]).toEqual([0, 0])
  expect(vi.getTimerCount()).toBe(known)
}

test('requirement 14: an upload of an hour gets no 408; a head still has to come in time', async () => {
  let arrived = 0
  guard = await TestGuard.start({
    app: (req, res) => {
      req.on('data', (chunk: Buffer) => {
        arrived += chunk.length
      })
      req.on('end', () => res.end('all of it'))
    },
  })
  const socket = guard.connect()
  socket.write(head('PUT', 'Content-Length: 60'))
  const [req] = await once(guard.app, 'request')
  for (let sent = 1; sent <= 60; sent++) {
    socket.write('x')
    while (arrived < sent) await eitherOf(req, 'data', 'close')
    expectNoLimit()
    await vi.advanceTimersByTimeAsync(MINUTE)
  }
  expect(await readUntil(socket, 'all of it')).toMatch(/^HTTP\/1\.1 200 /)
  expect(guard.guard.server.headersTimeout).toBe(20_000)
})

test('requirement 15: a response after more than ten minutes is waited for', async () => {
  guard = await TestGuard.start({ app: () => {} })
  const socket = guard.connect()
  socket.write(`${head('POST', 'Content-Length: 2')}{}`)
  const [req, res] = await once(guard.app, 'request')
  req.resume()
  await once(req, 'end')
  expectNoLimit()
  await vi.advanceTimersByTimeAsync(11 * MINUTE)
  expect(socket.read()).toBeNull()
  res.end('thought')
  expect(await readUntil(socket, 'thought')).toMatch(/^HTTP\/1\.1 200 /)
})

test('requirement 15: with a configured timeout it is 504, with a reason', async () => {
  guard = await TestGuard.start({ app: () => {}, upstreamTimeout: 5 * MINUTE })
  const socket = guard.connect()
  socket.write(head('GET'))
  await once(guard.app, 'request')
  await vi.advanceTimersByTimeAsync(5 * MINUTE - 1)
  expect(socket.read()).toBeNull()
  await vi.advanceTimersByTimeAsync(1)
  expect(await readUntil(socket, 'in time')).toMatch(/^HTTP\/1\.1 504 [\s\S]*did not respond in time/)
})

test.each([
  ['POST', '/gateway/mlflow/v1/chat/completions'],
  ['GET', '/ajax-api/3.0/mlflow/assistant/sessions/1/stream'],
])(
  'requirement 17: events of %s %s come one by one, the head before them, across silences',
  async (method, path) => {
    guard = await TestGuard.start({ app: () => {} })
    const socket = guard.connect()
    const body = method === 'POST' ? ['Content-Length: 2', '', '{}'] : ['', '']
    socket.write([`${method} ${path} HTTP/1.1`, 'Host: guard.example', LOGIN, ...body].join('\r\n'))
    const [, res] = (await once(guard.app, 'request')) as [unknown, ServerResponse]
    res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    expect(await readUntil(socket, '\r\n\r\n')).toContain('text/event-stream')
    for (const event of ['data: one\n\n', 'data: two\n\n', 'data: three\n\n']) {
      expectNoLimit()
      await vi.advanceTimersByTimeAsync(6 * MINUTE)
      expect(socket.read()).toBeNull()
      res.write(event)
      expect(await readUntil(socket, event)).toContain(event)
    }
  },
)

test('requirement 26: a thousand POSTs 4.9 to 5.1 s apart, to an app that ends idle connections after 5 s', async () => {
  let posts = 0
  guard = await TestGuard.start({
    app: (req, res) => {
      posts++
      req.resume().once('end', () => res.end('done'))
    },
  })
  let connections = 0
  guard.app.on('connection', socket => {
    connections++
    let idle: NodeJS.Timeout
    socket.on('data', () => {
      clearTimeout(idle)
      idle = setTimeout(() => socket.destroy(), 5000)
    })
  })
  const client = guard.connect()
  for (let i = 0; i < 1000; i++) {
    client.write(`${head('POST', 'Content-Length: 1')}x`)
    expect(await readUntil(client, 'done')).toMatch(/^HTTP\/1\.1 200 /)
    await vi.advanceTimersByTimeAsync(4900 + (i % 21) * 10)
  }
  expect(posts).toBe(1000)
  // each came too late for the connection of the one before
  expect(connections).toBe(1000)
})

test('requirement 26: also at the idle timeout of the guard itself', async () => {
  let posts = 0
  guard = await TestGuard.start({
    app: (req, res) => {
      posts++
      req.resume().once('end', () => res.end('done'))
    },
  })
  const client = guard.connect()
  for (let i = 0; i < 200; i++) {
    client.write(`${head('POST', 'Content-Length: 1')}x`)
    expect(await readUntil(client, 'done')).toMatch(/^HTTP\/1\.1 200 /)
    await vi.advanceTimersByTimeAsync(3400 + (i % 21) * 50)
  }
  expect(posts).toBe(200)
})
