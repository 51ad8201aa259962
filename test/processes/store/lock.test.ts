// One holder at a time; a dead holder's lock is taken over, a live one's never; the wait has an end.
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { acquireLock } from '../../../src/store/lock.ts'
import { fileWith, isRoot, NOBODY, scratch, startScript, textOf } from '../../support/scratch.ts'

vi.mock('node:fs', async importOriginal => {
  const original = await importOriginal<typeof fs>()
  return { ...original, writeSync: vi.fn(original.writeSync), unlinkSync: vi.fn(original.unlinkSync) }
})

const place = scratch()
let path: string
let lockPath: string
beforeEach(() => {
  path = place.path('f')
  lockPath = `${path}.htpasswd-lock`
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

const timedOut = expect.objectContaining({ name: 'HtpasswdError', code: 'ERR_LOCK_TIMEOUT' })
const left = () => readdirSync(dirname(path))
/** Where a process id of this test means something: this boot and PID namespace. */
const space =
  process.platform === 'linux'
    ? `${textOf('/proc/sys/kernel/random/boot_id').trim()} ${fs.readlinkSync('/proc/self/ns/pid')}`
    : undefined
/** A lock as another holder would have written it. */
const lockOf = (holder: object) =>
  fileWith(lockPath, JSON.stringify({ id: 'other', started: 1, space, ...holder }))
const longAgo = (file: string) => utimesSync(file, 1, 1)
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid

test('it is a file that names its holder, until it is released', async () => {
  const lock = await acquireLock(path, 1000)
  expect(JSON.parse(textOf(lockPath))).toMatchObject({ pid: process.pid, host: hostname() })
  expect(lock.isHeld()).toBe(true)
  lock.release()
  expect([lock.isHeld(), left()]).toEqual([false, []])
})

test('there is one holder at a time', async () => {
  let holders = 0
  const most: number[] = []
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const lock = await acquireLock(path, 30_000)
      most.push(++holders)
      await new Promise(resolve => setImmediate(resolve))
      holders--
      lock.release()
    }),
  )
  expect(most).toEqual(Array(20).fill(1))
})

test('a missing or unusable folder is an error with a code', async () => {
  await expect(acquireLock(place.path('none/f'), 1000)).rejects.toMatchObject({ code: 'ERR_FILE_ACCESS' })
  fs.mkdirSync(lockPath)
  await expect(acquireLock(path, 1000)).rejects.toMatchObject({ code: 'ERR_FILE_ACCESS' })
})

test('a disk that is full leaves no lock', async () => {
  vi.mocked(fs.writeSync).mockImplementationOnce(() => {
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
  })
  await expect(acquireLock(path, 1000)).rejects.toMatchObject({
    code: 'ERR_FILE_WRITE',
    message: expect.stringContaining('the disk is full'),
  })
  expect(left()).toEqual([])
})

describe('a live holder', () => {
  test('is waited for, up to the timeout, and named', async () => {
    const child = startScript(
      `await HtpasswdFile.update(args[0], () => { console.log('held'); return new Promise(() => setInterval(() => {}, 1000)) })`,
      fileWith(path, ''),
    )
    await child.said('held')
    await expect(acquireLock(path, 100)).rejects.toThrow(timedOut)
    await expect(acquireLock(path, 0)).rejects.toThrow(
      `cannot lock ${path}: waited 0 s for process ${child.process.pid} on ${hostname()}; ` +
        `if that is not running, delete ${lockPath}`,
    )
    // killed while it holds: the next one need not wait
    await child.kill()
    expect(existsSync(lockPath)).toBe(true)
    const lock = await acquireLock(path, 1000)
    lock.release()
    expect(left()).toEqual(['f'])
  })

  test('may be this process itself', async () => {
    const lock = await acquireLock(path, 1000)
    await expect(acquireLock(path, 50)).rejects.toThrow(timedOut)
    expect(lock.isHeld()).toBe(true)
    lock.release()
  })

  test('may be on another machine, where it touches its lock', async () => {
    lockOf({ pid: deadPid(), host: 'elsewhere.example' })
    // time flies: every look is four seconds after the one before
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 4000))
    let touches = 0
    const touching = setInterval(() => utimesSync(lockPath, ++touches, touches), 1)
    await expect(acquireLock(path, 200_000)).rejects.toThrow(timedOut)
    clearInterval(touching)
    expect(touches).toBeGreaterThan(1)
  })

  test('touches its lock every second', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const lock = await acquireLock(path, 1000)
    longAgo(lockPath)
    vi.advanceTimersByTime(1000)
    expect(statSync(lockPath).mtimeMs).toBeGreaterThan(10_000)
    lock.release()
    // and no more
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a dead holder', () => {
  const takenOver = async () => {
    const lock = await acquireLock(path, 5000)
    expect(JSON.parse(textOf(lockPath))).toMatchObject({ pid: process.pid })
    lock.release()
    expect(left()).toEqual([])
  }

  test('is a process that is not there', async () => {
    lockOf({ pid: deadPid(), host: hostname() })
    await takenOver()
  })

  test('had this process id before, as process 1 of a restarted container', async () => {
    lockOf({ pid: process.pid, host: hostname(), started: 1000 })
    await takenOver()
  })

  test.each(['', 'null', '[]', '"text"', '{"pid":', '{"pid":"1","host":"x"}', '\xff\0'])(
    'left a lock of %j',
    async text => {
      fileWith(lockPath, text)
      longAgo(lockPath)
      await takenOver()
    },
  )

  test('may have died before it wrote its name: after half a second it counts as dead', async () => {
    fileWith(lockPath, '')
    await expect(acquireLock(path, 0)).rejects.toThrow(`waited 0 s for an unknown process`)
    await takenOver()
  })

  test('on another machine is recognised by its missing heartbeat', async () => {
    lockOf({ pid: process.pid, host: 'elsewhere.example' })
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 4000))
    const lock = await acquireLock(path, 1_000_000)
    expect(lock.isHeld()).toBe(true)
    lock.release()
  })

  test('may have died while it took a lock over', async () => {
    lockOf({ pid: deadPid(), host: hostname() })
    fileWith(`${lockPath}-break`, '')
    longAgo(`${lockPath}-break`)
    await takenOver()
  })

  test('has many successors, one at a time', async () => {
    lockOf({ pid: deadPid(), host: hostname() })
    let holders = 0
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const lock = await acquireLock(path, 30_000)
        expect(++holders).toBe(1)
        await new Promise(resolve => setImmediate(resolve))
        expect(lock.isHeld()).toBe(true)
        holders--
        lock.release()
      }),
    )
    expect(left()).toEqual([])
  })
})

describe('a process id', () => {
  test('means nothing in another PID namespace or boot: only the heartbeat counts', async () => {
    lockOf({ pid: deadPid(), host: hostname(), space: 'another boot pid:[1]' })
    await expect(acquireLock(path, 100)).rejects.toThrow(timedOut)
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 4000))
    const lock = await acquireLock(path, 1_000_000)
    lock.release()
  })
})

describe.skipIf(!isRoot)(
  'a lock in the temporary folder, where anybody can create one (root is needed)',
  () => {
    test.each([
      ['a user who may not write the file does not count', 0o644, true],
      ['a user who may, by the group or an ACL, is waited for', 0o664, false],
      ['the owner of the file is waited for', 0o644, false],
    ])('of %s', async (what, mode, isTaken) => {
      fileWith(path, '')
      fs.chmodSync(path, mode)
      if (what.startsWith('the owner')) fs.chownSync(path, NOBODY, NOBODY)
      const temporary = place.path('tmp')
      fs.mkdirSync(temporary)
      vi.stubEnv('TMPDIR', temporary)
      const { dev, ino } = statSync(path)
      const other = place.path(`tmp/htpasswd-${dev}-${ino}-lock`)
      fileWith(other, JSON.stringify({ id: 'other', started: 1, space, pid: process.ppid, host: hostname() }))
      fs.chownSync(other, NOBODY, NOBODY)
      const attempt = acquireLock(path, 0)
      if (isTaken) (await attempt).release()
      else await expect(attempt).rejects.toEqual(timedOut)
      expect(existsSync(other)).toBe(true)
    })
  },
)

describe('a dead lock that cannot be removed', () => {
  test('ends in a timeout, and does not block the event loop meanwhile', async () => {
    lockOf({ pid: deadPid(), host: hostname() })
    vi.mocked(fs.unlinkSync).mockImplementation(() => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
    })
    let turns = 0
    const counting = setInterval(() => turns++, 1)
    await expect(acquireLock(path, 300)).rejects.toThrow(timedOut)
    clearInterval(counting)
    expect(turns).toBeGreaterThan(5)
    vi.mocked(fs.unlinkSync).mockReset()
  })

  test.skipIf(process.platform === 'win32')('nor is a planted link or a large file read as one', async () => {
    fs.symlinkSync(place.path('nowhere'), lockPath)
    const lock = await acquireLock(path, 5000)
    lock.release()
    fileWith(lockPath, 'x'.repeat(100_000))
    longAgo(lockPath)
    const next = await acquireLock(path, 5000)
    next.release()
    expect(left()).toEqual([])
  })
})

test('a writer that lost its lock notices, and leaves the new holder’s lock alone', async () => {
  const lock = await acquireLock(path, 1000)
  lockOf({ pid: process.ppid, host: hostname() })
  expect(lock.isHeld()).toBe(false)
  lock.release()
  expect(JSON.parse(textOf(lockPath))).toMatchObject({ id: 'other' })
})
