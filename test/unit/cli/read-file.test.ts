import { join } from 'node:path'
import { expect, test } from 'vitest'
import { onlyFile, readPasswordFile } from '../../../src/cli/read-file.ts'
import { withFolder } from '../../support/run.ts'

test('the bytes as they are', () =>
  withFolder({ users: '\xff\xfeab' }, async folder => {
    expect((await readPasswordFile(join(folder, 'users'))).toString('latin1')).toBe('\xff\xfeab')
  }))

test('a file that is missing, or is none, is a named error', () =>
  withFolder({}, async folder => {
    const error = { code: 'ERR_FILE_ACCESS', message: expect.stringContaining('expected a') }
    await expect(readPasswordFile(join(folder, 'none'))).rejects.toMatchObject(error)
    await expect(readPasswordFile(folder)).rejects.toMatchObject({ code: 'ERR_FILE_ACCESS' })
  }))

test.each([
  [[], 'none'],
  [['a', 'b'], 'a b'],
])('one file is expected, not %j', (words, got) => {
  expect(onlyFile(['users'])).toBe('users')
  const error = { code: 'ERR_USAGE', message: `expected one password file, got ${got}` }
  expect(() => onlyFile(words)).toThrow(expect.objectContaining(error))
})
