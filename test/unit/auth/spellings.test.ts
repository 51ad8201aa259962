import { expect, test } from 'vitest'
import { spellingsOf } from '../../../src/auth/spellings.ts'
import { type ByteString, textOf, toByteString } from '../../../src/bytes.ts'

test.each([
  ['ASCII has one', 'plain', ['plain']],
  ['UTF-8: also Latin-1 and decomposed', '\xc3\xa4', ['\xc3\xa4', '\xe4', toByteString('a\u0308')]],
  ['Latin-1: also UTF-8 and decomposed', 'p\xe4', ['p\xe4', 'p\xc3\xa4', toByteString('pa\u0308')]],
  [
    'decomposed: also Latin-1 and composed',
    toByteString('e\u0301'),
    [toByteString('e\u0301'), '\xe9', '\xc3\xa9'],
  ],
  ['the euro sign in Windows-1252', '\x80', ['\x80', '\xe2\x82\xac']],
  ['the euro sign in UTF-8', '\xe2\x82\xac', ['\xe2\x82\xac', '\x80']],
  ['a character that Windows-1252 lacks', '\xc5\x81', ['\xc5\x81']],
  ['a character of two UTF-16 units', toByteString('\u{1f600}'), [toByteString('\u{1f600}')]],
  ['nothing', '', ['']],
])('%s', (_, bytes, spellings) => expect(spellingsOf(bytes as ByteString)).toEqual(spellings))

test.each([
  ['J\xc3\xbcrgen', 'Jürgen'],
  ['J\xfcrgen', 'Jürgen'],
  ['\x80uro', '€uro'],
  ['a', 'a'],
])('%j is the name %s', (bytes, text) => expect(textOf(bytes as ByteString)).toBe(text))
