// The report of an import, for people and for programs, and its progress by a clock of the test.

import { expect, test } from 'vitest'
import { toByteString } from '../../../../../src/bytes.ts'
import {
  cutWarning,
  showProgress,
  textOf,
  writeReport,
} from '../../../../../src/cli/commands/import/report.ts'
import { type ConflictPolicy, planImport } from '../../../../../src/import/plan.ts'
import { recordedIo } from '../../../../support/recorded-io.ts'

const outcome = (added: number, updated: number, skipped: number, more: object = {}) => ({
  file: 'users',
  made: false,
  dryRun: false,
  report: {
    added: Array(added).fill('a'),
    updated: Array(updated).fill('b'),
    skipped: Array(skipped).fill('c'),
  },
  ...more,
})

test.each<[ReturnType<typeof outcome>, ConflictPolicy, string]>([
  [outcome(3, 0, 0), 'fail', '3 users added\n'],
  [outcome(1, 0, 2), 'skip', '1 user added, 2 skipped (they exist already)\n'],
  [outcome(3, 1, 2), 'update', '3 users added, 1 updated, 2 skipped (a later row has the same user)\n'],
  [outcome(0, 1, 0), 'update', '1 user updated\n'],
  [outcome(0, 0, 2), 'skip', '2 users skipped (they exist already)\n'],
  [outcome(0, 0, 0), 'fail', '0 users added\n'],
  [outcome(2, 0, 0, { made: true }), 'fail', 'created users\n2 users added\n'],
  [
    outcome(2, 1, 0, { dryRun: true }),
    'update',
    '2 users would be added, 1 updated\ndry run: nothing was written\n',
  ],
  [
    outcome(1, 0, 0, { dryRun: true, made: true }),
    'fail',
    'would create users\n1 user would be added\ndry run: nothing was written\n',
  ],
])('%j', (given, onConflict, text) => expect(textOf(given, onConflict)).toBe(text))

test('as JSON it is one document, with a line for each user', () => {
  const io = recordedIo()
  writeReport(io, outcome(1, 1, 2))
  const { users, ...rest } = JSON.parse(io.said.out)
  expect(rest).toEqual({ file: 'users', made: false, dryRun: false, added: 1, updated: 1, skipped: 2 })
  expect(users).toEqual([
    { user: 'a', done: 'added' },
    { user: 'b', done: 'updated' },
    { user: 'c', done: 'skipped' },
    { user: 'c', done: 'skipped' },
  ])
  expect(io.said.out.split('\n')).toHaveLength(7)
})

test.each([
  ['bcrypt', 71, 0],
  ['bcrypt', 72, 1],
  ['des', 7, 0],
  ['des', 8, 1],
  ['sha512crypt', 300, 0],
] as const)('%s and a password of %i letters, one of them of two bytes', (format, letters, count) => {
  const users = [
    { user: 'a', password: `${'x'.repeat(letters - 1)}é` },
    { user: 'b', password: 'short' },
    { user: 'c', hash: '*' },
  ]
  const warnings = cutWarning(
    planImport(users, { onConflict: 'fail', isThere: () => false, toBytes: toByteString }),
    format,
  )
  const expected = `Warning: ${format} uses only the first ${format === 'des' ? 8 : 72} bytes of a password, and 1 is longer.`
  expect(warnings).toEqual(Array(count).fill(expected))
})

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

test('hours are shown as such', () => {
  expect(drawn([[10_000, 1]])[0]).toBe('hashing: 0 %, 1 of 1000, 2 h 47 min left')
})

test('it is drawn at most ten times a second', () => {
  const updates = Array.from({ length: 1000 }, (_, i) => [i, i + 1] as const)
  expect(drawn(updates)).toHaveLength(11)
})

test('nothing is drawn without a terminal, or if nothing is hashed', () => {
  expect(drawn([[1000, 10]], [])).toEqual([])
  expect(drawn([[1000, 10]], [1])).toEqual([])
  expect(drawn([])).toEqual([])
})
