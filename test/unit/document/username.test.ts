// Which user names may be written to a file.

import { expect, test } from 'vitest'
import { checkUsername, checkUsernameFits, MAX_USERNAME_BYTES } from '../../../src/document/username.ts'

const refused: [name: string, username: string, code: string, message: RegExp][] = [
  ['empty', '', 'ERR_USERNAME', /at least one character/],
  ['a colon', 'a:b', 'ERR_USERNAME', /':'/],
  ['a line feed', 'a\nroot', 'ERR_USERNAME', /U\+000A \(line feed\)/],
  ['a carriage return', 'a\r', 'ERR_USERNAME', /U\+000D \(carriage return\)/],
  ['a NUL', 'a\0', 'ERR_USERNAME', /U\+0000 \(NUL\)/],
  ['a tab', '\ta', 'ERR_USERNAME', /U\+0009 \(tab\)/],
  ['an escape', 'a\x1b[2J', 'ERR_USERNAME', /U\+001B/],
  ['delete', 'a\x7f', 'ERR_USERNAME', /U\+007F/],
  ['a control of the upper half', 'a\x9b', 'ERR_USERNAME', /U\+009B/],
  ['a comment', '#a', 'ERR_USERNAME', /'#'/],
  ['a blank before', ' a', 'ERR_USERNAME', /space/],
  ['a byte order mark', '\ufeffroot', 'ERR_USERNAME', /byte order mark/],
  ["UTF-16's mark", '\udcff\udcfea', 'ERR_USERNAME', /byte order mark/],
  ["UTF-16's other mark", '\udcfe\udcffa', 'ERR_USERNAME', /byte order mark/],
  ['256 bytes', 'x'.repeat(256), 'ERR_TOO_LONG', /255/],
  ['256 bytes in 128 characters', 'ö'.repeat(128), 'ERR_TOO_LONG', /255/],
]

test.each(refused)('refused: %s', (_name, username, code, message) => {
  expect(() => checkUsername(username)).toThrow(
    expect.objectContaining({ name: 'HtpasswdError', code, message: expect.stringMatching(message) }),
  )
})

test.each([
  'a',
  'admin@example.org',
  'Jörg Ñandú',
  'a#b',
  'a ',
  'x'.repeat(MAX_USERNAME_BYTES),
  `${'ö'.repeat(127)}x`,
  '\u{1f600}',
  'st\udcffray',
  'a\ufeff',
])('taken: %s', username => expect(checkUsername(username)).toBeUndefined())

test('what fits in a file at all: everything but a colon and too many bytes', () => {
  for (const username of ['', '#a', ' a', 'a\tb', 'x'.repeat(255)])
    expect(checkUsernameFits(username)).toBeUndefined()
  expect(() => checkUsernameFits('a:b')).toThrow(expect.objectContaining({ code: 'ERR_USERNAME' }))
  expect(() => checkUsernameFits('x'.repeat(256))).toThrow(expect.objectContaining({ code: 'ERR_TOO_LONG' }))
})
