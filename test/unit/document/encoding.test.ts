// Text in which no server finds a user: what is recognised, what it becomes, and what may not be changed.
import { describe, expect, test } from 'vitest'
import { parseHtpasswd } from '../../../src/document/document.ts'
import { rejectUtf16, withLineFeedsForCr } from '../../../src/document/encoding.ts'
import { RecordScan } from '../../../src/document/record-scan.ts'

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()

describe('UTF-16', () => {
  test.each([
    ['little-endian with a mark', Buffer.from('\ufeffa:1\n', 'utf16le')],
    ['big-endian with a mark', utf16be('\ufeffa:1\n')],
    ['little-endian', Buffer.from('a:1\n', 'utf16le')],
    ['big-endian', utf16be('a:1\n')],
    ['an empty file with a mark', Buffer.from('\ufeff', 'utf16le')],
  ])('%s is an error that names the fix', (_name, bytes) => {
    const error = expect.objectContaining({
      code: 'ERR_UTF16',
      exitStatus: 7,
      message: expect.stringContaining('htpasswd fix FILE'),
    })
    expect(() => rejectUtf16(bytes)).toThrow(error)
    expect(() => parseHtpasswd(bytes)).toThrow(error)
    expect(() => new RecordScan('a').take(bytes)).toThrow(error)
  })

  test.each(['', 'a', 'a:1\n', '\ufeffa:1\n', 'j\u00f6rg:1\n', '\0\0\0\0'])('%j is other text', text => {
    expect(() => rejectUtf16(Buffer.from(text))).not.toThrow()
  })
})

describe('CR alone as newline', () => {
  test.each([
    ['a:1\rb:2\r', 'a:1\nb:2\n'],
    ['a:1\r\rb:2', 'a:1\n\nb:2'],
    ['\xef\xbb\xbf\ra:1\r', '\xef\xbb\xbf\na:1\n'],
    ['st\xffray:1\r', 'st\xffray:1\n'],
    // another tool added a line
    ['a:1\rb:2\n', 'a:1\nb:2\n'],
    ['\va:1\rb:2\n', '\va:1\nb:2\n'],
    ['a:1\rb:2\r\nc:3\n', 'a:1\nb:2\r\nc:3\n'],
    ['c:3\r\n# x\ra:1\r\rb:2\nd:4', 'c:3\r\n# x\na:1\n\nb:2\nd:4'],
  ])('%j becomes %j', (text, expected) => {
    expect(withLineFeedsForCr(Buffer.from(text, 'latin1'))?.toString('latin1')).toBe(expected)
  })

  test.each(['', 'a:1', 'a:1\n', 'a:1\r\n', 'a:1\r\r\n', 'al\rice:1', 'al\rice:1\n', 'a:1\rmore\nb:2\n'])(
    '%j has other newlines',
    text => expect(withLineFeedsForCr(Buffer.from(text))).toBeUndefined(),
  )

  test.each([
    ['a:1\rb:2\r', 'a'],
    ['a:1\rb:2\r', 'b'],
    ['a:1\rb:2\r', 'new'],
    ['a:1\rb:2\nc:3\n', 'a'],
    ['c:3\na:1\rb:2\n', 'a'],
    ['\xef\xbb\xbfa:1\rb:2', 'a'],
    ['\va:1\rb:2\n', 'a'],
    ['\fa:1\r\vb:2\n', 'b'],
  ])('%j: a change of %s is refused', (text, user) => {
    const error = expect.objectContaining({
      code: 'ERR_RECORD',
      message: expect.stringContaining('htpasswd fix'),
    })
    const document = parseHtpasswd(Buffer.from(text, 'latin1'))
    expect(() => document.set(user, 'x')).toThrow(error)
    expect(() => document.delete(user)).toThrow(error)
    if (document.has(user)) expect(() => document.rename(user, 'other')).toThrow(error)
    expect(document.toBytes()).toEqual(Buffer.from(text, 'latin1'))
  })

  test('one record that ends in CR can be changed', () => {
    const document = parseHtpasswd('a:1\r')
    document.set('a', '2')
    expect(document.toString()).toBe('a:2\r\n')
  })
})
