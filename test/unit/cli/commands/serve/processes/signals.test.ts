// Signals of both kinds of system: which stop, which reload, and that nothing stays registered.
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import {
  catchHangup,
  catchStop,
  ignoreSignals,
} from '../../../../../../src/cli/commands/serve/processes/signals.ts'

test.each([
  ['linux', 'SIGINT'],
  ['linux', 'SIGTERM'],
  ['linux', 'SIGQUIT'],
  ['win32', 'SIGINT'],
  ['win32', 'SIGBREAK'],
  ['win32', 'SIGHUP'],
] as const)('on %s %s stops; a second one is told apart', async (platform, signal) => {
  const source = new EventEmitter()
  const stop = catchStop(source, platform)
  source.emit(signal, signal)
  expect(await stop.first).not.toBe('')
  source.emit('SIGINT', 'SIGINT')
  expect(await stop.second).toBe('SIGINT')
  stop[Symbol.dispose]()
  expect(source.eventNames()).toEqual([])
})

test('USR1 and USR2 have a listener, without which Node opens its debugger or ends', () => {
  const source = new EventEmitter()
  const ignored = ignoreSignals(source)
  expect(source.eventNames()).toEqual(['SIGUSR1', 'SIGUSR2'])
  expect(source.emit('SIGUSR1', 'SIGUSR1')).toBe(true)
  ignored[Symbol.dispose]()
  expect(source.eventNames()).toEqual([])
})

test('on POSIX SIGHUP reloads, on Windows it does not', () => {
  for (const [platform, expected] of [
    ['linux', 1],
    ['win32', 0],
  ] as const) {
    const source = new EventEmitter()
    let reloads = 0
    const hangup = catchHangup(source, () => reloads++, platform)
    source.emit('SIGHUP', 'SIGHUP')
    hangup[Symbol.dispose]()
    source.emit('SIGHUP', 'SIGHUP')
    expect(reloads).toBe(expected)
  }
})
