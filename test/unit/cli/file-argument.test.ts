import { expect, test } from 'vitest'
import { onlyFile } from '../../../src/cli/file-argument.ts'

test.each([
  [[], 'none'],
  [['a', 'b'], 'a b'],
])('one file is expected, not %j', (words, got) => {
  expect(onlyFile(['users'])).toBe('users')
  const error = { code: 'ERR_USAGE', message: `expected one password file, got ${got}` }
  expect(() => onlyFile(words)).toThrow(expect.objectContaining(error))
})
