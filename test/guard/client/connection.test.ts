import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type ConnectionOptions, UpstreamConnection } from '../../../src/http/client/connection.ts'
import { bodyStream, send } from '../../support/recorded-response.ts'

const ends: (() => unknown)[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const end of ends.splice(0)) end()
})

/** An app that does what the test says with its connection, and one connection to it. */
async function connection(
  app: (socket: Socket) => void,
  { dedicated = false, ...more }: Partial<ConnectionOptions> & { dedicated?: boolean } = {},
) {
  const received: Buffer[] = []
  const server = createServer(socket => {
    ends.push(() => socket.destroy())
    socket.on('error', () => {}).on('data', chunk => received.push(chunk))
    app(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  ends.push(() => server.close())
  const { port } = server.address() as AddressInfo
  const owner = { onIdle: vi.fn(), onClose: vi.fn() }
  const options = {
    target: { host: '127.0.0.1', port },
    tls: false,
    maxHeadBytes: 1000,
    timeout: 0,
    connectTimeout: 1000,
    ...more,
  }
  const made = new UpstreamConnection(options, owner, 'alice', dedicated)
  ends.push(() => made.socket.destroy())
  return { connection: made, owner, text: () => Buffer.concat(received).toString('latin1') }
}

const answer =
  (text: string, rest?: (socket: Socket) => void) =>
  (socket: Socket): void => {
    socket.once('data', () => {
      socket.write(text, 'latin1')
      rest?.(socket)
    })
  }
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

test('sends the head unchanged, and is idle after the complete response', async () => {
  const { connection: one, owner, text } = await connection(answer(OK))
  const head = 'GET /%2F//x HTTP/1.1\r\nHost: a\r\nX-Y: ä\r\n\r\n'
  expect(await send(one, { head })).toEqual({ status: 200, body: 'ok' })
  expect(text()).toBe(head)
  expect(owner.onIdle).toHaveBeenCalledWith(one)
})

test.each([
  [true, '5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n'],
  [false, 'hello!'],
])('a body goes in chunks (%s) or as it is', async (chunked, wire) => {
  const { connection: one, text } = await connection(socket => {
    socket.on('data', () => {
      if (text().endsWith(wire)) socket.write(OK)
    })
  })
  const body = bodyStream()
  const done = send(one, { method: 'POST', head: 'HEAD|', body, chunked })
  body.write('hello')
  setImmediate(() => body.end('!'))
  expect(await done).toMatchObject({ status: 200 })
  expect(text()).toBe(`HEAD|${wire}`)
})

test('a body is requested only after the app has accepted the connection', async () => {
  const { connection: one } = await connection(answer(OK))
  const order: string[] = []
  one.socket.prependOnceListener('connect', () => order.push('connect'))
  const body = bodyStream()
  await send(one, { body }, { ready: () => order.push('ready') })
  expect(order).toEqual(['connect', 'ready'])
})

test('a response before the end of the body ends the connection: the rest would be read as the next request', async () => {
  const { connection: one, owner } = await connection(answer(OK))
  const body = bodyStream()
  body.write('half')
  expect(await send(one, { body })).toMatchObject({ status: 200 })
  expect(owner.onIdle).not.toHaveBeenCalled()
  expect(one.socket.destroyed).toBe(true)
})

test.skipIf(process.platform === 'win32').each([
  ['as it is', false],
  ['in chunks', true],
])('an answer that has come counts, though the app takes no more of the body (%s)', async (_, chunked) => {
  const body = bodyStream()
  const { connection: one, owner } = await connection(socket => {
    socket.once('data', () => {
      socket.pause()
      // closed over what it has not read, it resets the connection before the answer is read (RFC 9112 section 9.6)
      socket.write(OK, () => {
        socket.destroy()
        body.end(Buffer.alloc(100_000))
      })
    })
  })
  body.write(Buffer.alloc(100_000))
  expect(await send(one, { method: 'PUT', body, chunked })).toEqual({ status: 200, body: 'ok' })
  expect(owner.onIdle).not.toHaveBeenCalled()
})

test.each([
  ['nothing', '', 'lost', 'the connection was closed'],
  ['half a head', 'HTTP/1.1 200 OK\r\nConte', 'invalid', 'the response head is incomplete'],
])('an app that closes after %s: %s', async (_, text, failure, cause) => {
  const { connection: one } = await connection(answer(text, socket => socket.end()))
  expect(await send(one)).toEqual({ failure, cause })
})

test('a response cut off within the body is never reported as complete', async () => {
  const { connection: one } = await connection(
    answer('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', socket => socket.destroySoon()),
  )
  expect(await send(one)).toMatchObject({ status: 200, body: 'half', failure: 'lost' })
})

test('bytes that are not HTTP are invalid', async () => {
  const { connection: one } = await connection(answer('SSH-2.0\r\n\r\n'))
  expect(await send(one)).toEqual({ failure: 'invalid', cause: 'the status line is not HTTP/1' })
})

test('a closed port is unreachable', async () => {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  const { connection: one, owner } = await connection(() => {}, { target: { host: '127.0.0.1', port } })
  expect(await send(one)).toEqual({ failure: 'unreachable', cause: 'ECONNREFUSED' })
  expect(owner.onClose).toHaveBeenCalledWith(one)
})

test('silence longer than the timeout is a timeout; without a timeout no timer runs', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { connection: one } = await connection(() => {}, { timeout: 5000 })
  await once(one.socket, 'connect')
  const done = send(one)
  vi.advanceTimersByTime(4999)
  expect(one.socket.destroyed).toBe(false)
  vi.advanceTimersByTime(1)
  expect(await done).toMatchObject({ failure: 'timeout' })

  const { connection: patient } = await connection(() => {})
  await once(patient.socket, 'connect')
  void send(patient)
  expect(vi.getTimerCount()).toBe(0)
})

/** Turns of the event loop, for what is on its way to arrive. */
async function turns(count = 50): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(resolve => setImmediate(resolve))
}

describe('the timeout during a request body', () => {
  /** An app that reads only when the test says so, and an upload that has filled all that lies between. */
  async function stuckUpload() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let app: Socket | undefined
    const made = await connection(
      socket => {
        app = socket.pause()
      },
      { timeout: 5000 },
    )
    await once(made.connection.socket, 'connect')
    const body = bodyStream()
    const done = send(made.connection, { method: 'PUT', body })
    const { socket } = made.connection
    const fill = async (): Promise<void> => {
      for (let still = 0; still < 20; still = socket.writableLength > 0 ? still + 1 : 0) {
        if (!body.writableNeedDrain) body.write(Buffer.alloc(1 << 20))
        await turns(1)
      }
    }
    await fill()
    return { ...made, app: app as Socket, body, done, socket, fill }
  }

  test('expires when the app stops reading', async () => {
    const { done, socket } = await stuckUpload()
    vi.advanceTimersByTime(4999)
    expect(socket.destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    expect(await done).toMatchObject({ failure: 'timeout' })
  })

  test('restarts with each chunk that the app accepts', async () => {
    const { app, done, socket, fill } = await stuckUpload()
    const sent = (): number => socket.bytesWritten - socket.writableLength
    vi.advanceTimersByTime(4999)
    const before = sent()
    app.resume()
    while (sent() === before) await turns(1)
    app.pause()
    await fill()
    vi.advanceTimersByTime(4999)
    expect(socket.destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    expect(await done).toMatchObject({ failure: 'timeout' })
  })

  test('does not run while the client sends nothing', async () => {
    const { app, body, socket } = await stuckUpload()
    app.resume()
    while (socket.writableLength > 0 || body.readableLength > 0) await turns(1)
    await turns()
    expect(vi.getTimerCount()).toBe(0)
    body.destroy()
  })
})

test('a client that does not read pauses the app', async () => {
  const chunk = Buffer.alloc(1 << 20)
  let blocked = () => {}
  const full = new Promise<void>(resolve => {
    blocked = resolve
  })
  const { connection: one } = await connection(
    answer(`HTTP/1.1 200 OK\r\nContent-Length: ${64 << 20}\r\n\r\n`, socket => {
      const fill = (left: number): void => {
        if (left === 0) return
        if (socket.write(chunk)) setImmediate(fill, left - 1)
        else blocked()
        socket.once('drain', () => fill(left - 1))
      }
      fill(64)
    }),
  )
  let received = 0
  void send(
    one,
    {},
    {
      data: () => {
        received++
        return false
      },
    },
  )
  await full
  const before = received
  for (let i = 0; i < 50; i++) await new Promise(resolve => setImmediate(resolve))
  expect(received).toBe(before)
  one.resume()
  while (received === before) await new Promise(resolve => setImmediate(resolve))
  one.abort()
})

test('an aborted request ends at once and reports nothing more', async () => {
  const gone = new Promise<void>(resolve => {
    void connection(socket => {
      socket.once('data', () => socket.once('close', () => resolve()))
    }, {}).then(({ connection: one }) => {
      const done = vi.fn()
      void send(one).then(done)
      one.socket.once('connect', () => setImmediate(() => setImmediate(() => one.abort())))
      one.socket.once('close', () => expect(done).not.toHaveBeenCalled())
    })
  })
  await gone
})

test('a switch of protocols hands over the socket', async () => {
  const { connection: one, owner } = await connection(
    answer('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00'),
    { dedicated: true },
  )
  expect(await send(one, { upgrade: 'websocket' })).toEqual({ status: 101, switched: '\x81\x00' })
  expect(owner.onIdle).not.toHaveBeenCalled()
})
