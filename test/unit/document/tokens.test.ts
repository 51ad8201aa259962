// The text of a token file: fields, damaged lines, and changes that leave the rest byte for byte.
import { expect, test } from 'vitest'
import type { ByteString } from '../../../src/bytes.ts'
import {
  ownerBytes,
  ownerText,
  recordFingerprint,
  type TokenRecord,
  TokensDocument,
} from '../../../src/document/tokens.ts'

const DIGEST = 'ab'.repeat(32)
const line = (id: string, rest = 'read:0123456789abcdef:ci') =>
  `${id}:ann:${DIGEST}:1764321000:1772097000:${rest}`
const first: TokenRecord = {
  id: 'AAAAAAAA',
  user: 'ann' as ByteString,
  digest: DIGEST,
  created: 1764321000,
  expires: 1772097000,
  scope: 'read',
  records: ['0123456789abcdef'],
  name: 'ci',
}

test('every field is read', () => {
  const document = new TokensDocument(`${line('AAAAAAAA')}\n`)
  expect(document.get('AAAAAAAA')).toEqual(first)
  expect(document.size).toBe(1)
  expect(document.problems).toEqual([])
})

test('what is written is read again: names with any character, owners that are not UTF-8', () => {
  const names = ['ci', 'Ann’s laptop: 100 %', 'a\nb', '日本', '%']
  const document = new TokensDocument()
  for (const [i, name] of names.entries()) {
    const records = ['0123456789abcdef', 'fedcba9876543210'].slice(0, 1 + (i % 2))
    document.set({
      ...first,
      id: `${i}AAAAAAA`,
      user: 'j\xf6rg' as ByteString,
      expires: undefined,
      records,
      name,
    })
  }
  const again = new TokensDocument(document.toBuffer())
  expect(again.problems).toEqual([])
  expect([...again.tokens()]).toEqual([...document.tokens()])
  expect([...again.tokens()].map(({ name }) => name)).toEqual(names)
  expect(document.toBuffer().toString('latin1').split('\n')).toHaveLength(names.length + 1)
})

test('an owner is text, with surrogate escapes for bytes that are not UTF-8', () => {
  expect(ownerText({ user: ownerBytes('jörg') })).toBe('jörg')
  expect(ownerText({ user: 'j\xf6rg' as ByteString })).toBe('j\udcf6rg')
})

test.each([
  ['too few fields', 'AAAAAAAA:ann:read', /expected 8 fields, id:user:.*, got 3/],
  ['too many fields', `${line('AAAAAAAA')}:x`, /expected 8 fields.*got 9/],
  ['an id', line('AAAA-AAA'), /the id expected 8 letters or digits/],
  ['no owner', line('AAAAAAAA').replace('ann', ''), /the user expected/],
  ['a digest', line('AAAAAAAA').replace('ab', 'xy'), /the digest expected 64 hexadecimal digits/],
  ['a time', line('AAAAAAAA').replace('1764321000', 'today'), /the time of creation expected seconds/],
  ['an expiry', line('AAAAAAAA').replace('1772097000', 'soon'), /the expiry expected .* or "never"/],
  ['a scope', line('AAAAAAAA', 'write:0123456789abcdef:ci'), /the scope expected "all" or "read"/],
  ['a record', line('AAAAAAAA', 'read:0123:ci'), /the record expected 16 hexadecimal digits/],
  ['a name', line('AAAAAAAA', 'read:0123456789abcdef:a b'), /the name expected percent-encoded/],
  ['a name that is not UTF-8', line('AAAAAAAA', 'read:0123456789abcdef:%FF'), /the name expected .*UTF-8/],
])('a damaged line is named, and the others keep working: %s', (_name, text, message) => {
  const document = new TokensDocument(`# tokens\n${line('BBBBBBBB')}\n${text}\n${line('CCCCCCCC')}\n`)
  expect(document.problems).toEqual([{ line: 3, message: expect.stringMatching(message) }])
  expect([...document.tokens()].map(({ id }) => id)).toEqual(['BBBBBBBB', 'CCCCCCCC'])
  expect(document.problems[0]?.message).not.toContain(DIGEST)
})

test('of two lines with one id the first counts', () => {
  const document = new TokensDocument(`${line('AAAAAAAA')}\n${line('AAAAAAAA', 'all:0123456789abcdef:x')}\n`)
  expect(document.get('AAAAAAAA')?.scope).toBe('read')
  expect(document.problems).toEqual([{ line: 2, message: expect.stringContaining('AAAAAAAA') }])
})

const mixed = `\xef\xbb\xbf${line('AAAAAAAA')}\r\n# note\r\n\r\ndamaged\n${line('BBBBBBBB')}`

test('bytes come out as they came in', () => {
  const source = Buffer.from(mixed, 'latin1')
  const document = new TokensDocument(source)
  expect(document.toBuffer()).toEqual(source)
  expect(document.changed).toBe(false)
  expect(document.size).toBe(2)
})

test('a change touches its own line only', () => {
  const document = new TokensDocument(Buffer.from(mixed, 'latin1'))
  document.set({ ...first, scope: 'all' })
  document.set({ ...first, id: 'CCCCCCCC' })
  expect(document.remove(({ id }) => id === 'BBBBBBBB').map(({ id }) => id)).toEqual(['BBBBBBBB'])
  expect(document.changed).toBe(true)
  expect(document.toBuffer().toString('latin1')).toBe(
    `${line('AAAAAAAA').replace(':read:', ':all:')}\r\n# note\r\n\r\ndamaged\n${line('CCCCCCCC')}\n`,
  )
  expect(document.get('BBBBBBBB')).toBeUndefined()
})

test('a record is another one with another salt, and looks different for each token', () => {
  const [old, recreated] = ['$2y$05$abcdefghijklmnopqrstuu', '$2y$05$bcdefghijklmnopqrstuvu']
  expect(recordFingerprint('AAAAAAAA', old)).toMatch(/^[0-9a-f]{16}$/)
  expect(recordFingerprint('AAAAAAAA', old)).toBe(recordFingerprint('AAAAAAAA', old))
  expect(recordFingerprint('AAAAAAAA', old)).not.toBe(recordFingerprint('AAAAAAAA', recreated))
  expect(recordFingerprint('AAAAAAAA', old)).not.toBe(recordFingerprint('BBBBBBBB', old))
})
