// The note on a file that is private.
import { expect, test } from 'vitest'
import { privateFile } from '../../../src/cli/private-file.ts'
import { withoutPrivateNote } from '../../support/run.ts'

test('it gives a line to copy, whatever the name', () => {
  expect(privateFile('users')).toMatch(/ icacls users \/grant ACCOUNT:R\n$/)
  expect(privateFile('my users')).toMatch(/ icacls ["']my users["'] \/grant/)
})

test('the tests of Windows know it', () => {
  expect(withoutPrivateNote(`${privateFile('users')}1 user added\n`)).toBe('1 user added\n')
})
