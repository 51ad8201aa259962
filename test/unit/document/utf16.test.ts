import { expect, test } from 'vitest'
import { parseHtpasswd } from '../../../src/document/document.ts'
import { RecordScan } from '../../../src/document/record-scan.ts'
import { decodeUtf16, rejectUtf16 } from '../../../src/document/utf16.ts'

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()

test.each([
  ['little endian with a mark', Buffer.from('\ufeffa:1\n', 'utf16le')],
  ['big endian with a mark', utf16be('\ufeffa:1\n')],
  ['little endian', Buffer.from('a:1\n', 'utf16le')],
  ['big endian', utf16be('a:1\n')],
  ['an empty file with a mark', Buffer.from('\ufeff', 'utf16le')],
])('%s is an error that says how to mend it', (_name, bytes) => {
  const error = expect.objectContaining({
    code: 'ERR_UTF16',
    exitStatus: 7,
    message: expect.stringMatching(/UTF-8/),
  })
  expect(() => rejectUtf16(bytes)).toThrow(error)
  expect(() => parseHtpasswd(bytes)).toThrow(error)
  expect(() => new RecordScan('a').take(bytes)).toThrow(error)
})

test.each([
  ['little endian with a mark', Buffer.from('\ufeffj\u00f6rg:1\n', 'utf16le'), 'j\u00f6rg:1\n'],
  ['big endian with a mark', utf16be('\ufeffj\u00f6rg:1\n'), 'j\u00f6rg:1\n'],
  ['little endian', Buffer.from('a:1\r\n', 'utf16le'), 'a:1\r\n'],
  ['big endian', utf16be('a:1\n'), 'a:1\n'],
  ['cut in the middle of a character', Buffer.from('\ufeffa:1\n', 'utf16le').subarray(0, -1), 'a:1\ufffd'],
])('%s is read as what it means', (_name, bytes, text) => {
  expect(decodeUtf16(bytes)?.toString()).toBe(text)
})

test.each(['', 'a', 'a:1\n', '\ufeffa:1\n', 'j\u00f6rg:1\n', '\0\0\0\0'])('%j is none', text => {
  expect(() => rejectUtf16(Buffer.from(text))).not.toThrow()
  expect(decodeUtf16(Buffer.from(text))).toBeUndefined()
})
