import { expect, test } from 'vitest'
import { hasNul, passwordBytes } from '../../../src/hash/password.ts'

test('text becomes its UTF-8, one character a byte', () => {
  expect(passwordBytes('secret')).toBe('secret')
  expect(passwordBytes('é')).toBe('\xc3\xa9')
  expect(passwordBytes('Ł😀')).toBe('\xc5\x81\xf0\x9f\x98\x80')
})

test('bytes stay as they are, in an array, a Buffer and a part of one', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  const text = passwordBytes(bytes)
  expect([...text].map(character => character.charCodeAt(0))).toEqual([...bytes])
  expect(passwordBytes(Buffer.from(bytes))).toBe(text)
  expect(passwordBytes(bytes.subarray(0xa3, 0xa5))).toBe('\xa3\xa4')
})

test('anything else is an error', () => {
  expect(() => passwordBytes(null as never)).toThrow(/got object/)
})

test('a NUL is seen anywhere', () => {
  expect(hasNul('abc')).toBe(false)
  expect(['\0abc', 'a\0c', 'abc\0'].every(hasNul)).toBe(true)
})
