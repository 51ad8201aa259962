import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ConnectionLimit } from '../../../../src/http/guard/connection-limit.ts'

let port = 0
class FakeSocket extends EventEmitter {
  readonly remoteAddress: string | undefined
  readonly remotePort: number
  readonly localAddress = '127.0.0.1'
  readonly localPort = 80
  writableEnded = false
  destroyed = false

  constructor(remoteAddress: string | undefined, remotePort = ++port) {
    super()
    this.remoteAddress = remoteAddress
    this.remotePort = remotePort
  }

  destroy() {
    this.destroyed = true
    this.emit('close')
  }
}
const socketOf = (address: string | undefined, remotePort?: number) =>
  new FakeSocket(address, remotePort) as FakeSocket & Socket

let time: number
const reached: string[] = []
const limitOf = (max: number) =>
  new ConnectionLimit({ max, now: () => time, onReached: address => reached.push(address) })

beforeEach(() => {
  time = 0
  reached.length = 0
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Opens connections one after another. */
const open = (limit: ConnectionLimit, count: number, address = '192.0.2.1') =>
  Array.from({ length: count }, () => {
    const socket = socketOf(address)
    expect(limit.accept(socket)).toBe(true)
    return socket
  })
const advance = (milliseconds: number) => {
  time += milliseconds
  vi.advanceTimersByTime(milliseconds)
}

describe('at the limit', () => {
  test('the connection that has been idle longest gives way', () => {
    const limit = limitOf(2)
    const [first, second] = open(limit, 2) as [FakeSocket & Socket, FakeSocket & Socket]
    advance(1000)
    limit.begin(first)
    limit.end(first)
    const [third] = open(limit, 1)
    expect([first, second, third].map(socket => socket?.destroyed)).toEqual([false, true, false])
  })

  test('one with a request in flight does not give way, and requests on a new one get 503', () => {
    const limit = limitOf(2)
    for (const socket of open(limit, 2)) limit.begin(socket)
    advance(1000)
    const [third] = open(limit, 1) as [FakeSocket & Socket]
    expect(limit.begin(third)).toBe('over-limit')
    limit.markAuthenticated(third)
    expect(limit.begin(third)).toBe('admitted')
  })

  test('a whole cluster may connect at once: the youngest second does not count', () => {
    const limit = limitOf(100)
    const sockets = open(limit, 256)
    expect(sockets.map(socket => limit.begin(socket))).toEqual(sockets.map(() => 'admitted'))
    expect(sockets.some(socket => socket.destroyed)).toBe(false)
  })

  test('what is idle above the limit is closed after that second', () => {
    const limit = limitOf(3)
    const sockets = open(limit, 8)
    const [first] = sockets as [FakeSocket & Socket]
    limit.begin(first)
    advance(1000)
    expect(sockets.filter(socket => !socket.destroyed)).toHaveLength(3)
    expect(first.destroyed).toBe(false)
  })

  test('at ten times the limit young ones give way, and a new one is refused where all are busy', () => {
    const limit = limitOf(1)
    const sockets = open(limit, 10)
    open(limit, 1)
    expect(sockets[0]?.destroyed).toBe(true)
    const busy = limitOf(1)
    for (const socket of open(busy, 10)) busy.begin(socket)
    expect(busy.accept(socketOf('192.0.2.1'))).toBe(false)
  })

  test('a connection that has its last response gives way at once, over TLS too', () => {
    const limit = limitOf(1)
    const accepted = socketOf('192.0.2.1', 4712)
    limit.accept(accepted)
    const tls = socketOf('192.0.2.1', 4712)
    limit.begin(tls)
    tls.writableEnded = true
    limit.end(tls)
    open(limit, 1)
    expect(accepted.destroyed).toBe(true)
  })

  test('it is reported once a minute for each address', () => {
    const limit = limitOf(1)
    open(limit, 3)
    open(limit, 2, '192.0.2.2')
    expect(reached).toEqual(['192.0.2.1', '192.0.2.2'])
    advance(60_000)
    open(limit, 1)
    expect(reached).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.1'])
  })
})

describe('what is counted', () => {
  /** Whether the next connection of the address is above the limit. */
  const isFull = (limit: ConnectionLimit, address = '192.0.2.1') => {
    const before = reached.length
    advance(60_000)
    const socket = socketOf(address)
    limit.accept(socket)
    socket.destroy()
    return reached.length > before
  }

  test('connections by address, IPv4 in either form', () => {
    const limit = limitOf(1)
    for (const socket of open(limit, 1)) limit.begin(socket)
    expect([isFull(limit, '::ffff:192.0.2.1'), isFull(limit, '192.0.2.2')]).toEqual([true, false])
  })

  test('IPv6 by /64', () => {
    const limit = limitOf(1)
    for (const socket of open(limit, 1, '2001:db8::1')) limit.begin(socket)
    expect([isFull(limit, '2001:db8::2'), isFull(limit, '2001:db8:0:1::1')]).toEqual([true, false])
  })

  test('until it is closed', () => {
    const limit = limitOf(1)
    const [socket] = open(limit, 1) as [FakeSocket & Socket]
    limit.begin(socket)
    socket.emit('close')
    expect(isFull(limit)).toBe(false)
  })

  test('until a login, over TLS too, where the request has another socket', () => {
    const limit = limitOf(1)
    const accepted = socketOf('192.0.2.1', 4711)
    limit.accept(accepted)
    const tls = socketOf('192.0.2.1', 4711)
    expect(limit.begin(tls)).toBe('admitted')
    expect(limit.acceptedSocket(tls)).toBe(accepted)
    limit.markAuthenticated(tls)
    limit.markAuthenticated(tls)
    expect(limit.end(tls)).toBe(false)
    expect(isFull(limit)).toBe(false)
  })

  test('a connection that is announced again counts once, before and after its login', () => {
    const limit = limitOf(1)
    const socket = socketOf('192.0.2.1')
    for (let i = 0; i < 3; i++) expect(limit.accept(socket)).toBe(true)
    expect(reached).toEqual([])
    limit.markAuthenticated(socket)
    expect(limit.accept(socket)).toBe(true)
    expect(isFull(limit)).toBe(false)
  })

  test('nothing with a limit of 0, and no connection without an address', () => {
    const none = limitOf(0)
    for (const socket of open(none, 500)) expect(none.begin(socket)).toBe('admitted')
    expect(limitOf(1).accept(socketOf(undefined))).toBe(true)
    expect(reached).toEqual([])
  })
})

test('more than 16 requests of one connection without a response are too many, with a login too', () => {
  const limit = limitOf(0)
  const socket = socketOf('192.0.2.1')
  limit.accept(socket)
  limit.markAuthenticated(socket)
  for (let i = 0; i < 16; i++) expect(limit.begin(socket)).toBe('admitted')
  expect(limit.begin(socket)).toBe('pipelined')
  for (let i = 0; i < 17; i++) limit.end(socket)
  expect(limit.begin(socket)).toBe('admitted')
})

test('a connection is idle without a login when its last response has ended', () => {
  const limit = limitOf(1)
  const socket = socketOf('192.0.2.1')
  limit.accept(socket)
  limit.begin(socket)
  limit.begin(socket)
  expect([limit.end(socket), limit.end(socket)]).toEqual([false, true])
})
