import { expect, test } from 'vitest'
import { otherForm, textOf } from '../../../src/auth/text-forms.ts'

test.each([
  ['ASCII has no other form', Buffer.from('plain'), undefined],
  ['UTF-8 as Latin-1', Buffer.from('ä', 'utf8'), Buffer.from([0xe4])],
  ['Latin-1 as UTF-8', Buffer.from([0x70, 0xe4]), Buffer.from('pä', 'utf8')],
  ['the euro sign is not in Latin-1', Buffer.from('€', 'utf8'), undefined],
  ['nothing', Buffer.alloc(0), undefined],
])('%s', (_, bytes, other) => expect(otherForm(bytes)).toEqual(other))

test('a view into a larger buffer is read by itself', () => {
  expect(otherForm(Buffer.from('xxäyy', 'utf8').subarray(2, 4))).toEqual(Buffer.from([0xe4]))
})

test.each([
  [Buffer.from('Jürgen', 'utf8'), 'Jürgen'],
  [Buffer.from('Jürgen', 'latin1'), 'Jürgen'],
  [new Uint8Array([0x61]), 'a'],
])('%o is the name %s', (bytes, text) => expect(textOf(bytes)).toBe(text))
