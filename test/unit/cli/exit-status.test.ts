import { expect, test } from 'vitest'
import { ExitStatus } from '../../../src/cli/exit-status.ts'

test('the numbers are Apache’s', () => {
  expect(ExitStatus).toEqual({
    ok: 0,
    file: 1,
    syntax: 2,
    verification: 3,
    interrupted: 4,
    tooLong: 5,
    user: 6,
    invalidFile: 7,
    unverifiable: 9,
  })
})
