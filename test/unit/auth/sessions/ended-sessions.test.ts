// The list of ended sessions: bounded, kept in a file, and the same in all processes.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  RemoteEndedSessions,
  SessionHub,
  type SessionMessage,
} from '../../../../src/auth/sessions/ended-channel.ts'
import { EndedFile } from '../../../../src/auth/sessions/ended-file.ts'
import { EndedList, type EndedSession } from '../../../../src/auth/sessions/ended-sessions.ts'

const session = (n: number, until = 1000): EndedSession => ({
  id: String(n).padStart(22, 'x'),
  signedInAt: n,
  until,
})
const isEnded = (list: { has(id: string, at: number): boolean }, n: number): boolean =>
  list.has(session(n).id, n)

describe('the list', () => {
  test('has what was added, and nothing else', () => {
    const list = new EndedList(() => 0)
    list.add(session(1))
    expect([1, 2].map(n => isEnded(list, n))).toEqual([true, false])
  })

  test('forgets only what is over, when it is full', () => {
    let now = 0
    const list = new EndedList(() => now, 3)
    list.add(session(1, 10))
    list.add(session(2, 10))
    list.add(session(3))
    now = 10
    list.add(session(4))
    expect([2, 3, 4, 5].map(n => isEnded(list, n))).toEqual([false, true, true, false])
    expect(list.entries().map(({ signedInAt }) => signedInAt)).toEqual([3, 4])
  })

  test('ends more sessions than were signed out rather than fewer, when it is full', () => {
    const list = new EndedList(() => 0, 4)
    for (const n of [2, 4, 6, 8, 10]) list.add(session(n))
    expect([1, 2, 3, 4, 6, 8, 10].map(n => isEnded(list, n))).toEqual(Array(7).fill(true))
    expect([5, 7, 9, 11].map(n => isEnded(list, n))).toEqual(Array(4).fill(false))
  })
})

describe('the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ended-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const open = (path: string, now = 0) =>
    new EndedFile(path, new EndedList(() => now), error => {
      throw error
    })

  test('keeps the sessions over a restart, until their end', async () => {
    const path = join(folder, 'kept')
    const first = open(path)
    await Promise.all([first.add(session(1)), first.add(session(2, 10)), first.add(session(3))])
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    const second = open(path, 10)
    expect([1, 2, 3].map(n => isEnded(second, n))).toEqual([true, true, true])
    expect(second.entries().map(({ signedInAt }) => signedInAt)).toEqual([1, 3])
    await second.add(session(3))
    expect(readFileSync(path, 'latin1').split('\n')).toHaveLength(4)
  })

  test('many at once are one write', async () => {
    const path = join(folder, 'many-at-once')
    const list = open(path)
    const added = Array.from({ length: 5000 }, (_, n) => list.add(session(n + 1)))
    await added[0]
    expect(readFileSync(path, 'latin1').split('\n')).toHaveLength(5001)
    await Promise.all(added)
    expect(readFileSync(path, 'latin1').split('\n')).toHaveLength(5001)
  })

  test('a line that was cut off, and other text, are skipped', () => {
    const path = join(folder, 'cut')
    writeFileSync(path, `${session(1).id} 1 1000\nnonsense\n${session(2).id} 2`)
    expect([1, 2].map(n => isEnded(open(path), n))).toEqual([true, false])
  })

  test('a line after one that was cut off is whole', async () => {
    const path = join(folder, 'after-a-cut')
    writeFileSync(path, `${session(1).id} 1`)
    await open(path).add(session(2))
    expect(readFileSync(path, 'latin1')).toBe(`${session(1).id} 1\n${session(2).id} 2 1000\n`)
    expect([1, 2].map(n => isEnded(open(path), n))).toEqual([false, true])
  })

  test('keeps those that the list has no room for', async () => {
    const path = join(folder, 'many')
    const openSmall = () =>
      new EndedFile(path, new EndedList(() => 0, 4), error => {
        throw error
      })
    for (const n of [2, 4, 6, 8, 10]) await openSmall().add(session(n))
    for (const list of [openSmall(), openSmall()])
      expect([2, 4, 6, 8, 10].map(n => isEnded(list, n))).toEqual(Array(5).fill(true))
  })

  test('that cannot be read stops the start', () => {
    expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'ERR_FILE_ACCESS' }))
  })
})

describe('several processes', () => {
  /** Two workers and the process that started them, with messages as they come out of a channel. */
  function connect() {
    const copy = <T>(message: T): T => JSON.parse(JSON.stringify(message)) as T
    const hub = new SessionHub(new EndedList(() => 0), ['secret'])
    const worker = () => {
      const remote: RemoteEndedSessions = new RemoteEndedSessions(
        () => 0,
        request => peer.receive(copy(request)),
      )
      const peer = hub.connect((message: SessionMessage) => remote.receive(copy(message)))
      return Object.assign(remote, { leave: () => peer.close() })
    }
    return { worker }
  }

  test('get the secret, and know what another ended', async () => {
    const { worker } = connect()
    const [first, second] = [worker(), worker()]
    expect(await Promise.all([first.join(), second.join()])).toEqual([['secret'], ['secret']])
    expect(await first.add(session(1))).toBe(true)
    expect([first, second].map(remote => isEnded(remote, 1))).toEqual([true, true])
  })

  test('one that starts later begins with what was ended before', async () => {
    const { worker } = connect()
    const first = worker()
    await first.join()
    await first.add(session(1))
    first.leave()
    const later = worker()
    await later.join()
    expect(isEnded(later, 1)).toBe(true)
  })

  test('messages of others are left to them', () => {
    const { worker } = connect()
    for (const message of ['reload', null, { throttle: 'admission' }, { close: 1 }])
      expect(worker().receive(message)).toBe(false)
  })
})
