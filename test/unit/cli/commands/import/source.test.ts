// Where rows come from: files and standard input, in every encoding and format.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toByteString } from '../../../../../src/bytes.ts'
import { readLines, readSource, type SourceFormat } from '../../../../../src/cli/commands/import/source.ts'
import { recordedIo } from '../../../../support/recorded-io.ts'
import { withFolder } from '../../../../support/run.ts'

async function rowsOf(
  input: Buffer | string,
  { name = '', format = undefined as SourceFormat | undefined } = {},
) {
  return withFolder({}, async folder => {
    const path = name === '' ? undefined : join(folder, name)
    if (path !== undefined) writeFileSync(path, input)
    const io = recordedIo({ input: path === undefined ? input : '' })
    const { rows } = await readSource(path, { format, values: 'auto' }, io)
    return [...rows]
  })
}
const alice = { user: 'alice', password: 'wonderland' }

test.each([
  ['lines', 'alice:wonderland\n', 1],
  ['lines behind a comment', '# ours, of 2024\n\nalice:wonderland\n', 3],
  ['JSON', '{"user":"alice","password":"wonderland"}\n', 1],
  ['CSV with a header', 'user,password\nalice,wonderland\n', 2],
  ['CSV without one', 'alice;wonderland\n', 1],
])('%s is known by its first line', async (_what, text, line) => {
  expect(await rowsOf(text)).toEqual([{ ...alice, line }])
})

test('a colon in a password does not make CSV lines', async () => {
  expect(await rowsOf('alice,a:b\n')).toEqual([{ line: 1, user: 'alice', password: 'a:b' }])
})

test.each([
  ['users.CSV', 'a:b,c\n', { user: 'a:b', password: 'c' }],
  ['users.tsv', 'a\tc\n', { user: 'a', password: 'c' }],
  ['users.jsonl', '{"user":"a","password":"c"}', { user: 'a', password: 'c' }],
  ['users.ndjson', '{"user":"a","password":"c"}', { user: 'a', password: 'c' }],
  ['users.txt', 'a:c,d\n', { user: 'a', password: 'c,d' }],
])('%s is known by its ending', async (name, text, row) => {
  expect(await rowsOf(text, { name })).toEqual([{ line: 1, ...row }])
})

test('--format counts before the ending', async () => {
  expect(await rowsOf('a:b,c', { name: 'x.csv', format: 'lines' })).toEqual([
    { line: 1, user: 'a', password: 'b,c' },
  ])
})

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
test.each([
  ['a UTF-8 mark', Buffer.from('\ufeffuser,password\r\njürgen,Jüterbog\r\n')],
  [
    'UTF-16 as PowerShell and Excel write it',
    Buffer.from('\ufeffuser\tpassword\r\njürgen\tJüterbog\r\n', 'utf16le'),
  ],
  ['UTF-16 of the other order', utf16be('\ufeffuser,password\r\njürgen,Jüterbog\r\n')],
  ['UTF-16 without a mark', Buffer.from('user,password\r\njürgen,Jüterbog\r\n', 'utf16le')],
])('%s', async (_what, bytes) => {
  expect(await rowsOf(bytes)).toEqual([{ line: 2, user: 'jürgen', password: toByteString('Jüterbog') }])
})

test('bytes of another encoding stay what they are in lines, and are refused elsewhere', async () => {
  const password = 'caf\xe9'
  expect(await rowsOf(Buffer.from('alice:caf\xe9\n', 'latin1'))).toEqual([
    { line: 1, user: 'alice', password },
  ])
  for (const text of ['alice,caf\xe9\n', '{"user":"alice","password":"caf\xe9"}\n'])
    await expect(rowsOf(Buffer.from(text, 'latin1'))).rejects.toMatchObject({
      code: 'ERR_RECORD',
      message: 'expected text in UTF-8 or UTF-16, got another encoding; in Excel save it as "CSV UTF-8"',
    })
})

test('- is standard input, and a missing file is named', async () => {
  const options = { format: undefined, values: 'auto' } as const
  const { rows } = await readSource('-', options, recordedIo({ input: 'alice:wonderland' }))
  expect([...rows]).toEqual([{ ...alice, line: 1 }])
  await expect(readSource('/no/such.csv', options, recordedIo())).rejects.toMatchObject({
    code: 'ERR_FILE_ACCESS',
    message: expect.stringContaining('cannot read /no/such.csv: there is no such file'),
  })
})

test('columns that are ignored are a note', async () => {
  const io = recordedIo({ input: 'user,password,Ort\n' })
  const { notes } = await readSource(undefined, { format: 'csv', values: 'auto' }, io)
  expect(notes).toEqual(['columns that are ignored: Ort'])
})

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
  ['whitespace in a password', 'a: b \n', [{ line: 1, user: 'a', value: ' b ' }]],
  ['colons', 'a:b:c\n', [{ line: 1, user: 'a', value: 'b:c' }]],
  ['no value', 'a:\n', [{ line: 1, user: 'a', value: '' }]],
  ['UTF-8', 'j\xc3\xbcrgen:caf\xc3\xa9\n', [{ line: 1, user: 'jürgen', value: 'caf\xc3\xa9' }]],
  ['no colon', 'a\n', [{ line: 1, problem: 'expected "user:password" or "user:hash", got no colon' }]],
  ['nothing', '', []],
  ['a header', 'user:password\na:b\n', [{ line: 2, user: 'a', password: 'b' }]],
  ['a header after a comment', '# x\nBenutzername:Hash\na:b\n', [{ line: 3, user: 'a', hash: 'b' }]],
  ['a user called mail', 'mail:b\n', [{ line: 1, user: 'mail', value: 'b' }]],
])('%s', (_what, text, rows) => expect([...readLines(Buffer.from(text, 'latin1'))]).toEqual(rows))

test.each([
  ['alice:password\nbob:x\n', 1],
  ['user:password:email\n', 1],
  ['name:email\n', 1],
])('lines that begin with what reads like a header: %j', (text, line) => {
  expect([...readLines(Buffer.from(text))][0]).toEqual({ line, problem: expect.stringContaining('header') })
})

test('lines that end in CR alone are lines', async () => {
  expect(await rowsOf('alice:wonderland\rbob:builder\r')).toEqual([
    { ...alice, line: 1 },
    { user: 'bob', password: 'builder', line: 2 },
  ])
})

test('a group file has no passwords', async () => {
  await expect(rowsOf('admins: alice bob\nstaff: carol\n')).rejects.toMatchObject({
    code: 'ERR_RECORD',
    message: expect.stringContaining('a group file'),
  })
  expect(await rowsOf('alice:correct horse battery staple\n')).toHaveLength(1)
})
