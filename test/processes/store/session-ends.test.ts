// FILE.sessions: the end of all sessions of a user, by hand.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toByteString } from '../../../src/bytes.ts'
import { endSessionsOf, openGenerations } from '../../../src/store/session-ends.ts'
import { scratch } from '../../support/scratch.ts'

const temporary = scratch()
const alice = toByteString('alice')
const turn = () => new Promise(resolve => setImmediate(resolve))

test('gives each end another text, which other processes see at once', async () => {
  const { file } = temporary
  const generationOf = await openGenerations(file)
  expect(generationOf(alice)).toBeUndefined()
  const now = new Date('2026-11-28T10:15:00Z')
  await endSessionsOf(file, 'alice', now)
  await turn()
  const first = generationOf(alice)
  expect(first).toMatch(/^20261128T101500Z-[0-9a-f]{8}$/)
  await endSessionsOf(file, 'alice', now)
  await turn()
  expect(generationOf(alice)).not.toBe(first)
  expect(generationOf(toByteString('bob'))).toBeUndefined()
  expect(readFileSync(`${file}.sessions`, 'utf8')).toMatch(/^alice:\S+\n$/)
})
