// Conversions between Uint8Array, Buffer, text and byte strings.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  asBuffer,
  type ByteString,
  decodeMarkedText,
  decodeSurrogateEscape,
  decodeUtf16,
  encodeSurrogateEscape,
  hasByteOrderMark,
  isAscii,
  textStart,
  toByteString,
  utf16Encoding,
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

describe('byte order marks and UTF-16', () => {
  const utf16le = (text: string): Buffer => Buffer.from(text, 'utf16le')
  const utf16be = (text: string): Buffer => utf16le(text).swap16()
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

  test('the mark of UTF-8 is its three bytes at the beginning', () => {
    expect([hasByteOrderMark(latin1('\xef\xbb\xbf')), textStart(latin1('\xef\xbb\xbfa'))]).toEqual([true, 3])
    expect([hasByteOrderMark(latin1('\xef\xbb')), textStart(latin1('a\xef\xbb\xbf'))]).toEqual([false, 0])
  })

  test.each<[string, Buffer, string]>([
    ['little-endian with a mark', utf16le('\ufeffj\u00f6rg:1\n'), 'j\u00f6rg:1\n'],
    ['big-endian with a mark', utf16be('\ufeffj\u00f6rg:1\n'), 'j\u00f6rg:1\n'],
    ['little-endian', utf16le('a:1\r\n'), 'a:1\r\n'],
    ['big-endian', utf16be('a:1\n'), 'a:1\n'],
    ['cut in the middle of a character', utf16le('\ufeffa:1\n').subarray(0, -1), 'a:1\ufffd'],
  ])('UTF-16, %s, becomes UTF-8', (_name, bytes, text) => {
    expect(decodeUtf16(bytes)?.toString()).toBe(text)
  })

  test.each(['', 'a', 'a:1\n', '\ufeffa:1\n', 'j\u00f6rg:1\n', '\0\0\0\0'])('%j is not UTF-16', text => {
    expect(utf16Encoding(Buffer.from(text))).toBeUndefined()
    expect(decodeUtf16(Buffer.from(text))).toBeUndefined()
  })

  const never = (): Buffer => {
    throw new Error('read the rest without need')
  }

  test.each<[string, Buffer, Buffer]>([
    ['without a mark', Buffer.from('pw\r\n'), Buffer.from('pw\r\n')],
    ['empty', Buffer.alloc(0), Buffer.alloc(0)],
    ['with a mark of UTF-8', Buffer.from('\ufeffp\u00e4\r\n'), Buffer.from('p\u00e4\r\n')],
    ['a mark alone, before PowerShell continues', Buffer.from('\ufeff'), Buffer.alloc(0)],
    ['with two marks: the second is text', Buffer.from('\ufeff\ufeffpw'), Buffer.from('\ufeffpw')],
    ['with other bytes', Buffer.from([0xff, 0x70, 0xfe]), Buffer.from([0xff, 0x70, 0xfe])],
  ])('text %s', (_name, input, expected) => expect(decodeMarkedText(input, never)).toEqual(expected))

  test('UTF-16, as PowerShell 5 writes to a file, is read to its end and becomes UTF-8', () => {
    const bytes = utf16le('\ufeffp\u00e4\u{1f511}\r\n')
    for (let cut = 2; cut <= bytes.length; cut++) {
      const text = decodeMarkedText(bytes.subarray(0, cut), () => bytes.subarray(cut))
      expect(text.toString()).toBe('p\u00e4\u{1f511}\r\n')
    }
  })
})
