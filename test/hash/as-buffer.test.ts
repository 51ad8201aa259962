// Bytes as a Buffer: the same memory, whatever part of it the bytes are.
import { expect, test } from 'vitest'
import { asBuffer } from '../../src/hash/as-buffer.ts'

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
