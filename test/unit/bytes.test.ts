// Bytes as a Buffer, which is the same memory, and as text, which is theirs one character each.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asBuffer, byteText, isAscii } from '../../src/bytes.ts'

test('a Buffer is given back itself', () => {
  const buffer = Buffer.from('abc')
  expect(asBuffer(buffer)).toBe(buffer)
})

test('a part of an array is seen as that part, in the same memory', () => {
  const whole = Uint8Array.from([1, 2, 3, 4, 5])
  const buffer = asBuffer(whole.subarray(1, 4))
  expect([...buffer]).toEqual([2, 3, 4])
  whole[2] = 9
  expect(buffer.toString('latin1')).toBe('\x02\x09\x04')
})

test('ASCII ends at 0x7f', () => {
  expect(isAscii('\x00 ~\x7f')).toBe(true)
  expect(isAscii('ab\x80')).toBe(false)
})

test('law: text is its UTF-8, one character a byte', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(Buffer.from(byteText(text), 'latin1').equals(Buffer.from(text))).toBe(true)
    }),
  )
})
