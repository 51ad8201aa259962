import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { ConnectionLimit } from '../../../../src/http/guard/connection-limit.ts'

let port = 0
const socketOf = (remoteAddress: string | undefined, remotePort = ++port): Socket =>
  Object.assign(new EventEmitter(), {
    remoteAddress,
    remotePort,
    localAddress: '127.0.0.1',
    localPort: 80,
  }) as never

test('an address gets so many and no more, until one ends', () => {
  const limit = new ConnectionLimit(2)
  const first = socketOf('192.0.2.1')
  expect(limit.accept(first)).toBe(true)
  expect(limit.accept(socketOf('192.0.2.1'))).toBe(true)
  expect(limit.accept(socketOf('::ffff:192.0.2.1'))).toBe(false)
  expect(limit.accept(socketOf('192.0.2.2'))).toBe(true)
  first.emit('close')
  first.emit('close')
  expect(limit.accept(socketOf('192.0.2.1'))).toBe(true)
  expect(limit.accept(socketOf('192.0.2.1'))).toBe(false)
})

test('IPv6 counts by /64', () => {
  const limit = new ConnectionLimit(1)
  expect(limit.accept(socketOf('2001:db8::1'))).toBe(true)
  expect(limit.accept(socketOf('2001:db8::2'))).toBe(false)
})

test('after a login it counts no longer, over TLS too, where the socket is another object', () => {
  const limit = new ConnectionLimit(1)
  const accepted = socketOf('192.0.2.1', 4711)
  expect(limit.accept(accepted)).toBe(true)
  const tls = socketOf('192.0.2.1', 4711)
  limit.markAuthenticated(tls)
  limit.markAuthenticated(tls)
  expect(limit.accept(socketOf('192.0.2.1'))).toBe(true)
  accepted.emit('close')
  expect(limit.accept(socketOf('192.0.2.1'))).toBe(false)
})

test('one that is announced again, before or after its login, counts once', () => {
  const limit = new ConnectionLimit(1)
  const socket = socketOf('192.0.2.1')
  for (let i = 0; i < 3; i++) expect(limit.accept(socket)).toBe(true)
  limit.markAuthenticated(socket)
  expect(limit.accept(socket)).toBe(true)
  const other = socketOf('192.0.2.1')
  expect(limit.accept(other)).toBe(true)
  other.emit('close')
  expect(limit.accept(socketOf('192.0.2.1'))).toBe(true)
})

test('the oldest one that lingers gives way, over TLS too; one that has more to say does not', () => {
  const limit = new ConnectionLimit(3)
  const destroyed: string[] = []
  const lingering = (name: string, remotePort?: number) =>
    Object.assign(socketOf('192.0.2.1', remotePort), { destroy: () => destroyed.push(name) })
  const [first, accepted] = [lingering('first'), lingering('accepted', 4712)]
  for (const socket of [socketOf('192.0.2.1'), first, accepted]) expect(limit.accept(socket)).toBe(true)
  limit.linger(first)
  limit.linger(lingering('TLS', 4712))
  expect(limit.accept(socketOf('192.0.2.1'))).toBe(true)
  expect(destroyed).toEqual(['first'])
  first.emit('close')
  expect(limit.accept(socketOf('192.0.2.1'))).toBe(true)
  expect(destroyed).toEqual(['first', 'TLS'])
  expect(limit.accept(socketOf('192.0.2.1'))).toBe(false)
})

test('one with a login or without a place does not count because it lingers', () => {
  const limit = new ConnectionLimit(1)
  const [known, refused] = [socketOf('192.0.2.1'), socketOf('192.0.2.1')]
  limit.accept(known)
  limit.markAuthenticated(known)
  limit.linger(known)
  expect(limit.accept(socketOf('192.0.2.1'))).toBe(true)
  expect(limit.accept(refused)).toBe(false)
  limit.linger(refused)
  limit.linger(socketOf(undefined))
  expect(limit.accept(socketOf('192.0.2.1'))).toBe(false)
})

test('zero is no limit, and a socket that is gone already is no matter', () => {
  const none = new ConnectionLimit(0)
  for (let i = 0; i < 500; i++) expect(none.accept(socketOf('192.0.2.1'))).toBe(true)
  none.markAuthenticated(socketOf('192.0.2.1'))
  none.linger(socketOf('192.0.2.1'))
  expect(new ConnectionLimit(1).accept(socketOf(undefined))).toBe(true)
})
