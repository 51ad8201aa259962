// When tokens were last used: by day, at most once a minute, shared by several processes.
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LastUsed, type LastUsedOptions, readLastUsed, usedPath } from '../../../src/auth/tokens/last-used.ts'
import { scratch } from '../../support/scratch.ts'

const place = scratch()
const DAY = 86_400_000

function setUp(options: Partial<LastUsedOptions> = {}) {
  const clock = { now: Date.UTC(2026, 10, 28, 12) }
  const timers: { callback: () => void; milliseconds: number }[] = []
  const lastUsed = new LastUsed(place.file, {
    exists: () => true,
    now: () => clock.now,
    setTimer: (callback, milliseconds) => timers.push({ callback, milliseconds }),
    ...options,
  })
  return { lastUsed, clock, timers }
}

test('the first use of a day is written, in a private file beside the tokens', async () => {
  const { lastUsed, timers, clock } = setUp()
  lastUsed.note('AAAAAAAA')
  lastUsed.note('AAAAAAAA')
  expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([0])
  await lastUsed.flush()
  expect(readFileSync(usedPath(place.file), 'utf8')).toBe('AAAAAAAA:2026-11-28\n')
  if (process.platform !== 'win32') expect(statSync(usedPath(place.file)).mode & 0o777).toBe(0o600)
  clock.now += 1000
  lastUsed.note('AAAAAAAA')
  expect(timers).toHaveLength(1)
  lastUsed.note('BBBBBBBB')
  lastUsed.note('CCCCCCCC')
  expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([0, 59_000])
  await lastUsed.flush()
  clock.now += DAY
  lastUsed.note('AAAAAAAA')
  await lastUsed.flush()
  expect([...(await readLastUsed(place.file))]).toEqual([
    ['AAAAAAAA', '2026-11-29'],
    ['BBBBBBBB', '2026-11-28'],
    ['CCCCCCCC', '2026-11-28'],
  ])
})

test('what other processes wrote stays, an earlier day does not replace a later one, and revoked tokens go', async () => {
  writeFileSync(usedPath(place.file), 'AAAAAAAA:2026-12-01\nGONEGONE:2026-11-01\nBBBBBBBB:2026-11-01\njunk\n')
  const { lastUsed } = setUp({ exists: id => id !== 'GONEGONE' })
  lastUsed.note('AAAAAAAA')
  await lastUsed.flush()
  expect(readFileSync(usedPath(place.file), 'utf8')).toBe('AAAAAAAA:2026-12-01\nBBBBBBBB:2026-11-01\n')
})

test('no use, no file; no file, no days', async () => {
  const { lastUsed } = setUp()
  await lastUsed.flush()
  expect(place.names()).toEqual([])
  expect(await readLastUsed(place.file)).toEqual(new Map())
})

test('where it cannot be written, that is reported once', async () => {
  mkdirSync(usedPath(place.file))
  const errors: unknown[] = []
  const { lastUsed } = setUp({ onError: error => errors.push(error) })
  for (const id of ['AAAAAAAA', 'BBBBBBBB']) {
    lastUsed.note(id)
    await lastUsed.flush()
  }
  expect(errors).toHaveLength(1)
  chmodSync(usedPath(place.file), 0o700)
})
