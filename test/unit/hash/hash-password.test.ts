import { expect, test } from 'vitest'
import type { ByteString } from '../../../src/bytes.ts'
import { checkedPassword, hasNul, isSame } from '../../../src/hash/hash-password.ts'

test('a password is text or bytes; anything else is an error', () => {
  expect(checkedPassword('é')).toBe('\xc3\xa9')
  expect(checkedPassword(Uint8Array.of(0xe9))).toBe('\xe9')
  expect(() => checkedPassword(null as never)).toThrow(/got object/)
})

test('a NUL is found at any position', () => {
  const passwords = ['abc', '\0abc', 'a\0c', 'abc\0'] as ByteString[]
  expect(passwords.map(hasNul)).toEqual([false, true, true, true])
})

test.each([
  ['', '', true],
  ['abc', 'abc', true],
  ['abc', 'abd', false],
  ['abc', 'abcd', false],
  ['A', '\u0141', false],
  [undefined, '', false],
])('%j and %j are the same: %s', (computed, stored, expected) =>
  expect(isSame(computed, stored)).toBe(expected),
)
