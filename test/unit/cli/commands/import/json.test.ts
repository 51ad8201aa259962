// JSON lines as rows; what is no such line is told without showing it.
import { expect, test } from 'vitest'
import { readJsonLines } from '../../../../../src/cli/commands/import/json.ts'

const read = (text: string) => [...readJsonLines(Buffer.from(text))]

test.each<[string, string, object[]]>([
  ['a password', '{"user":"a","password":"b"}\n', [{ line: 1, user: 'a', password: 'b', hash: undefined }]],
  [
    'a hash, other keys',
    '{"Hash":"h","Name":"a","mail":5}',
    [{ line: 1, user: 'a', password: undefined, hash: 'h' }],
  ],
  [
    'CRLF, blank lines',
    '\r\n{"user":"a"}\r\n\r\n{"user":"b"}',
    [
      { line: 2, user: 'a' },
      { line: 4, user: 'b' },
    ],
  ],
  ['null is nothing', '{"user":"a","password":null}', [{ line: 1, user: 'a' }]],
  ['letters are bytes', '{"user":"ü","password":"é"}', [{ line: 1, user: 'ü', password: '\xc3\xa9' }]],
])('%s', (_what, text, rows) => expect(read(text)).toEqual(rows))

test.each([
  ['no JSON', '{"user":"a","password":"over the hills"', /on one line, got other text$/],
  [
    'an array',
    '[{"user":"a","password":"over the hills"}]',
    /got an array; jq -c '\.\[\]' makes lines of it$/,
  ],
  ['a text', '"over the hills"', /got another value$/],
  ['null', 'null', /got another value$/],
  ['no user', '{"password":"over the hills"}', /got an object without "user"$/],
  ['a number', '{"user":"a","password":5}', /^"password" expected a text, got number$/],
  ['a user who is none', '{"user":null}', /^"user" expected a text, got null$/],
  ['an object inside', '{"user":"a","hash":{"x":"over the hills"}}', /^"hash" expected a text, got object$/],
  ['what every object has', '{"__proto__":{"user":"a"}}', /without "user"$/],
])('%s is refused', (_what, text, problem) => {
  expect(read(`\n${text}\n`)).toEqual([{ line: 2, problem: expect.stringMatching(problem) }])
  expect(JSON.stringify(read(text))).not.toContain('hills')
})
