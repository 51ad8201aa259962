// One error for all that is wrong with a source: its list, its end, its code.
import { expect, test } from 'vitest'
import { type ErrorCode, HtpasswdError } from '../../../src/errors.ts'
import { ImportProblems, type RowLocation } from '../../../src/import/import-problems.ts'

function errorOf(...codes: ErrorCode[]): HtpasswdError {
  const problems = new ImportProblems()
  codes.forEach((code, i) => {
    problems.add(`line ${i + 1}` as RowLocation, code, `what is wrong with it: ${code}`)
  })
  try {
    problems.throwIfAny()
  } catch (error) {
    return error as HtpasswdError
  }
  throw new Error('expected an error')
}

test('none is no error', () => expect(() => new ImportProblems().throwIfAny()).not.toThrow())

test('they are listed with their places', () => {
  expect(errorOf('ERR_RECORD', 'ERR_USERNAME').message.split('\n')).toEqual([
    '2 rows cannot be imported; nothing was changed',
    '  line 1: what is wrong with it: ERR_RECORD',
    '  line 2: what is wrong with it: ERR_USERNAME',
  ])
  expect(errorOf('ERR_RECORD').message).toContain('1 row cannot')
})

test.each([
  [20, 21, '  line 20: what is wrong with it: ERR_RECORD'],
  [21, 22, '  and 1 more'],
  [1000, 22, '  and 980 more'],
])('of %i, %i lines are said', (count, lines, last) => {
  const said = errorOf(...Array<ErrorCode>(count).fill('ERR_RECORD')).message.split('\n')
  expect(said).toHaveLength(lines)
  expect(said.at(-1)).toBe(last)
})

test.each<[ErrorCode[], ErrorCode, number]>([
  [['ERR_USER_EXISTS', 'ERR_USER_EXISTS'], 'ERR_USER_EXISTS', 6],
  [['ERR_USERNAME'], 'ERR_USERNAME', 6],
  [['ERR_TOO_LONG'], 'ERR_USERNAME', 6],
  [['ERR_USERNAME', 'ERR_USER_EXISTS'], 'ERR_USERNAME', 6],
  [['ERR_USERNAME', 'ERR_PASSWORD'], 'ERR_RECORD', 7],
  [['ERR_PASSWORD'], 'ERR_RECORD', 7],
])('%j is %s, status %i', (codes, code, status) => {
  expect(errorOf(...codes)).toMatchObject({ code, exitStatus: status })
})

test('an error of the package keeps what it says, any other one is a fault', () => {
  const problems = new ImportProblems()
  problems.addError('row 7', new HtpasswdError('ERR_USERNAME', 'a name that is none'))
  expect(() => problems.throwIfAny()).toThrow('  row 7: a name that is none')
  expect(() => problems.addError('row 8', new TypeError('a fault'))).toThrow(TypeError)
})
