// Conversions between Uint8Array, Buffer, text and byte strings.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  asBuffer,
  type ByteString,
  decodeSurrogateEscape,
  encodeSurrogateEscape,
  isAscii,
  toByteString,
} from '../../src/bytes.ts'

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

test('toByteString encodes any text as UTF-8, one character a byte', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(Buffer.from(toByteString(text), 'latin1').equals(Buffer.from(text))).toBe(true)
    }),
  )
})

test('toByteString takes bytes as they are, from an array, a Buffer and a view', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  const text = toByteString(bytes)
  expect([...text].map(character => character.charCodeAt(0))).toEqual([...bytes])
  expect(toByteString(Buffer.from(bytes))).toBe(text)
  expect(toByteString(bytes.subarray(0xa3, 0xa5))).toBe('\xa3\xa4')
})

const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 10 }).map(text => Buffer.from(text)),
)

describe('surrogate escapes (PEP 383)', () => {
  test('any bytes survive the way to text and back', () => {
    fc.assert(
      fc.property(anyBytes, bytes => {
        const byteString = encodeSurrogateEscape(bytes)
        expect(byteString).toBe(Buffer.from(bytes).toString('latin1'))
        expect(encodeSurrogateEscape(decodeSurrogateEscape(byteString))).toBe(byteString)
      }),
      { numRuns: 2000 },
    )
  })

  test('well-formed text stays the same and is encoded as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(encodeSurrogateEscape(text)).toBe(Buffer.from(text).toString('latin1'))
        expect(decodeSurrogateEscape(encodeSurrogateEscape(text))).toBe(text)
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
  ])('%s', (_name, bytes, text) => {
    expect(decodeSurrogateEscape(bytes as ByteString)).toBe(text)
    expect(encodeSurrogateEscape(text)).toBe(bytes)
  })

  test('a lone surrogate outside U+DC80 to U+DCFF is encoded as U+FFFD, as Node does', () => {
    expect(encodeSurrogateEscape('\ud800')).toBe('\xef\xbf\xbd')
    expect(encodeSurrogateEscape('\udc7f')).toBe('\xef\xbf\xbd')
  })
})
