import { expect, test } from 'vitest'
import { rejectMalformed } from '../../../src/cli/valid-document.ts'
import { parseHtpasswd } from '../../../src/document/document.ts'

test('a line without a colon says that it is some other file', () => {
  expect(() => rejectMalformed(parseHtpasswd('a:b\n#\n\n'), 'f')).not.toThrow()
  expect(() => rejectMalformed(parseHtpasswd('a:b\ntext\n'), 'f')).toThrow(
    expect.objectContaining({ exitStatus: 7 }),
  )
})
