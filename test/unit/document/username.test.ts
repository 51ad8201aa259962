// Which names may be written, and that text and bytes of a name are two forms of one thing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkUsername,
  checkUsernameFits,
  MAX_USERNAME_BYTES,
  usernameKey,
  usernameText,
} from '../../../src/document/username.ts'

const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 10 }).map(text => Buffer.from(text)),
)

describe('bytes and text', () => {
  test('every name of bytes is a text that leads back to it', () => {
    fc.assert(
      fc.property(anyBytes, bytes => {
        const key = usernameKey(bytes)
        expect(key).toBe(Buffer.from(bytes).toString('latin1'))
        expect(usernameKey(usernameText(key))).toBe(key)
      }),
      { numRuns: 2000 },
    )
  })

  test('well-formed text is itself, and its key is its UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(usernameKey(text)).toBe(Buffer.from(text).toString('latin1'))
        expect(usernameText(usernameKey(text))).toBe(text)
      }),
    )
  })

  test.each([
    ['a stray byte', '\xff', '\udcff'],
    ['a character cut short', 'a\xc3', 'a\udcc3'],
    ['an overlong form', '\xc0\xaf', '\udcc0\udcaf'],
    ['a surrogate in UTF-8', '\xed\xb2\x80', '\udced\udcb2\udc80'],
    ['beyond U+10FFFF', '\xf4\x90\x80\x80', '\udcf4\udc90\udc80\udc80'],
    ['a stray byte behind four good ones', '\xf0\x9f\x98\x80\x80', '\u{1f600}\udc80'],
    ['a byte order mark', '\xef\xbb\xbfa', '\ufeffa'],
  ])('%s', (_name, key, text) => {
    expect(usernameText(key)).toBe(text)
    expect(usernameKey(text)).toBe(key)
  })

  test('a surrogate that stands for no byte is U+FFFD, as everywhere in Node', () => {
    expect(usernameKey('\ud800')).toBe('\xef\xbf\xbd')
    expect(usernameKey('\udc7f')).toBe('\xef\xbf\xbd')
  })
})

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
  ['a blank before', ' a', 'ERR_USERNAME', /blank/],
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
