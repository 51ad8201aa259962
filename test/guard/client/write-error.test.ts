import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { readOnAfterWriteError } from '../../../src/http/client/write-error.ts'

const ends: (() => unknown)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A socket whose writes end as the test says. */
function failing(code: string | undefined): Socket {
  const error = code === undefined ? null : Object.assign(new Error('failed'), { code })
  const socket = new Duplex({
    read() {},
    write: (_, __, done) => done(error),
    writev: (_, done) => done(error),
  })
  readOnAfterWriteError(socket as Socket)
  return socket as Socket
}

describe.each([
  ['one piece', false],
  ['several', true],
])('a write of %s', (_, several) => {
  const write = (socket: Socket): void => {
    if (several) socket.cork()
    socket.write('a')
    socket.write('b')
    socket.uncork()
  }

  test('a successful write completes', () => {
    const socket = failing(undefined)
    write(socket)
    expect(socket.writableLength).toBe(0)
  })

  test.each(['EPIPE', 'ECONNRESET'])('that fails with %s leaves the reading open', async code => {
    const socket = failing(code)
    write(socket)
    socket.push('the answer')
    expect(String((await once(socket, 'data'))[0])).toBe('the answer')
    expect(socket.destroyed).toBe(false)
    expect(socket.writableLength).toBeGreaterThan(0)
  })

  test('another error ends the connection', async () => {
    const socket = failing('EPROTO')
    write(socket)
    expect((await once(socket, 'error'))[0]).toMatchObject({ code: 'EPROTO' })
    expect(socket.destroyed).toBe(true)
  })
})

test('after a reset the reading side ends by itself', async () => {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.resetAndDestroy()
      one.write('more')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  ends.push(() => server.close())
  const one = connect((server.address() as AddressInfo).port, '127.0.0.1')
  readOnAfterWriteError(one)
  one.resume().write('hello')
  await once(one, 'end')
  one.destroy()
})
