// The recovery copy of a write in place: which files it belongs to, and which it must leave alone.

import { closeSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isBetween, openRecovery, recoveryEnd } from '../../../src/store/recovery.ts'
import { scratch } from '../../support/scratch.ts'

const place = scratch()
const content = fc
  .array(fc.constantFrom('a:1\n', 'b:2\n', 'b:3\n', 'c', ''), { maxLength: 6 })
  .map(parts => Buffer.from(parts.join('')))

function written(before: Buffer, after: Buffer, damage = (all: Buffer) => all) {
  const { changed, footer } = recoveryEnd(before, after)
  writeFileSync(place.file, damage(Buffer.concat([before, changed, footer])))
  const recovery = openRecovery('users', place.file)
  if (recovery === undefined) return undefined
  const contents = recovery.contents()
  closeSync(recovery.fd)
  return contents
}

test('law: a copy gives back the old and the new content', () => {
  fc.assert(
    fc.property(content, content, (before, after) => {
      expect(written(before, after)).toEqual({ before, after })
    }),
  )
})

test('only what differs is stored with the old content', () => {
  const before = Buffer.from('a:1\n'.repeat(1000))
  const after = Buffer.concat([before.subarray(0, 400), Buffer.from('b:2\n'), before.subarray(400)])
  expect(recoveryEnd(before, after).changed.toString()).toBe('b:2\n')
})

test('a copy without its end, or with a byte that has changed, gives nothing', () => {
  const [before, after] = [Buffer.from('a:1\n'), Buffer.from('a:2\n')]
  expect(written(before, after, all => all.subarray(0, -1))).toBeUndefined()
  expect(written(before, after, all => Buffer.concat([Buffer.from('b'), all.subarray(1)]))).toBeUndefined()
})

test('law: a file that the write has reached in any order of its bytes, or that a power failure emptied in part, is between', () => {
  const bytes = fc.infiniteStream(fc.constantFrom('old', 'new', 'zero'))
  fc.assert(
    fc.property(content, content, bytes, fc.nat(), (before, after, sources, more) => {
      const growth = Math.max(0, after.length - before.length)
      const isCut = after.length < before.length && more % 2 === 1
      const length = isCut ? after.length : before.length + (more % (growth + 1))
      const half = Buffer.from(
        Array.from({ length }, (_, i) => {
          const [old, next] = [before[i] ?? after[i], after[i] ?? before[i]] as [number, number]
          return { old, new: next, zero: 0 }[sources.next().value as 'old' | 'new' | 'zero']
        }),
      )
      expect(isBetween(half, before, after)).toBe(true)
    }),
  )
})

describe('not between', () => {
  const [before, after] = [Buffer.from('alice:1\nbob:2\n'), Buffer.from('alice:1\nbob:34\n')]
  test.each([
    ['an empty file', ''],
    ['a file of other users', 'carol:1\ndan:22\n'],
    ['another program added a user', 'alice:1\nbob:34\ncarol:5\n'],
    ['another program deleted a user', 'alice:1\n'],
    ['another program changed a hash', 'alice:7\nbob:34\n'],
  ])('%s', (_what, text) => expect(isBetween(Buffer.from(text), before, after)).toBe(false))

  test('another program deleted one of the users that the write deletes', () => {
    const users = ['alice:1\n', 'bob:2\n', 'carol:3\n'].map(line => Buffer.from(line))
    const [all, two, one] = [3, 2, 1].map(count => Buffer.concat(users.slice(0, count))) as [
      Buffer,
      Buffer,
      Buffer,
    ]
    expect([two, one, all].map(content => isBetween(content, all, one))).toEqual([false, true, true])
  })
})
