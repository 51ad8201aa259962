import { expect, test } from 'vitest'
import { HtpasswdError, rejectUnknownKeys } from '../../src/errors.ts'

test.each([
  ['ERR_FILE_ACCESS', 1],
  ['ERR_USAGE', 2],
  ['ERR_INTERRUPTED', 4],
  ['ERR_TOO_LONG', 5],
  ['ERR_USERNAME', 6],
  ['ERR_UTF16', 7],
  ['ERR_HASH_LIMIT', 9],
] as const)('%s ends the command with %i', (code, exitStatus) => {
  const cause = new Error('why')
  const error = new HtpasswdError(code, 'what', { cause })
  expect(error).toMatchObject({ name: 'HtpasswdError', code, exitStatus, message: 'what', cause })
  expect(error).toBeInstanceOf(Error)
})

test('an unknown option is named beside the known ones', () => {
  expect(() => rejectUnknownKeys('Options', { cost: 1 }, ['cost', 'rounds'])).not.toThrow()
  expect(() => rejectUnknownKeys('Options', { costs: 1 }, ['cost', 'rounds'])).toThrow(
    /cost, rounds, got "costs"/,
  )
})
