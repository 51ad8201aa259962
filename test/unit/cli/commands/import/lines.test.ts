// Lines of user:value as rows.
import { expect, test } from 'vitest'
import { readLines } from '../../../../../src/cli/commands/import/lines.ts'

test.each<[string, string, object[]]>([
  [
    'lines',
    'a:b\nc:d\n',
    [
      { line: 1, user: 'a', value: 'b' },
      { line: 2, user: 'c', value: 'd' },
    ],
  ],
  [
    'CRLF, no end',
    'a:b\r\nc:d',
    [
      { line: 1, user: 'a', value: 'b' },
      { line: 2, user: 'c', value: 'd' },
    ],
  ],
  ['comments and blank lines', '# x:y\n\n \t\na:b\n', [{ line: 4, user: 'a', value: 'b' }]],
  ['blanks of a password', 'a: b \n', [{ line: 1, user: 'a', value: ' b ' }]],
  ['colons', 'a:b:c\n', [{ line: 1, user: 'a', value: 'b:c' }]],
  ['no value', 'a:\n', [{ line: 1, user: 'a', value: '' }]],
  ['UTF-8', 'j\xc3\xbcrgen:caf\xc3\xa9\n', [{ line: 1, user: 'jürgen', value: 'caf\xc3\xa9' }]],
  ['no colon', 'a\n', [{ line: 1, problem: 'expected "user:password" or "user:hash", got no colon' }]],
  ['nothing', '', []],
])('%s', (_what, text, rows) => expect([...readLines(Buffer.from(text, 'latin1'))]).toEqual(rows))
