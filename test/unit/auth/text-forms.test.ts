import { expect, test } from 'vitest'
import { otherForm, textOf } from '../../../src/auth/text-forms.ts'
import type { ByteString } from '../../../src/bytes.ts'

test.each([
  ['ASCII has no other form', 'plain', undefined],
  ['UTF-8 as Latin-1', '\xc3\xa4', '\xe4'],
  ['Latin-1 as UTF-8', 'p\xe4', 'p\xc3\xa4'],
  ['the euro sign is not in Latin-1', '\xe2\x82\xac', undefined],
  ['nothing', '', undefined],
])('%s', (_, bytes, other) => expect(otherForm(bytes as ByteString)).toBe(other))

test.each([
  ['J\xc3\xbcrgen', 'Jürgen'],
  ['J\xfcrgen', 'Jürgen'],
  ['a', 'a'],
])('%j is the name %s', (bytes, text) => expect(textOf(bytes as ByteString)).toBe(text))
