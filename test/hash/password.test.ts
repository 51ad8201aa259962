import { expect, test } from 'vitest'
import { hasNul, passwordBytes } from '../../src/hash/password.ts'

test('text is UTF-8, bytes stay as they are', () => {
  expect([...passwordBytes('é')]).toEqual([0xc3, 0xa9])
  const bytes = new Uint8Array([0xff, 0])
  expect(passwordBytes(bytes)).toBe(bytes)
  expect(hasNul(bytes)).toBe(true)
  expect(() => passwordBytes(null as never)).toThrow(/got object/)
})
