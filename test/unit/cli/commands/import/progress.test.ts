// The line that is drawn while passwords are hashed, by a clock of the test.
import { expect, test } from 'vitest'
import { showProgress } from '../../../../../src/cli/commands/import/progress.ts'
import { recordedIo } from '../../../../support/recorded-io.ts'

/** What is drawn by updates of [time, done] of 1000. */
function drawn(
  updates: readonly (readonly [number, number])[],
  terminals: readonly number[] = [2],
): string[] {
  const io = recordedIo({ terminals })
  let time = 0
  const progress = showProgress(io, () => time)
  for (const [at, done] of updates) {
    time = at
    progress.update(done, 1000)
  }
  progress.end()
  expect(io.said.out).toBe('')
  return io.said.err.split('\r\x1b[K').slice(1)
}

test('percentage, count, and the time that is left by the speed until now', () => {
  expect(
    drawn([
      [1000, 10],
      [2000, 500],
      [3000, 999],
    ]),
  ).toEqual([
    'hashing: 1 %, 10 of 1000, 2 min left',
    'hashing: 50 %, 500 of 1000, 2 s left',
    'hashing: 99 %, 999 of 1000, 1 s left',
    '',
  ])
})

test('hours are told as such', () => {
  expect(drawn([[10_000, 1]])[0]).toBe('hashing: 0 %, 1 of 1000, 2 h 47 min left')
})

test('it is drawn ten times a second at most', () => {
  const updates = Array.from({ length: 1000 }, (_, i) => [i, i + 1] as const)
  expect(drawn(updates)).toHaveLength(11)
})

test('nothing is said where nobody looks, or nothing is hashed', () => {
  expect(drawn([[1000, 10]], [])).toEqual([])
  expect(drawn([[1000, 10]], [1])).toEqual([])
  expect(drawn([])).toEqual([])
})
