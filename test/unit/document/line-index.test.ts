// The search and the table give the same lines.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineIndex } from '../../../src/document/line-index.ts'
import { fileText, NAMES } from '../../support/arbitraries.ts'

const bytesOf = (text: string) => Buffer.from(text, 'latin1')

function bothWays(text: string, keys: readonly string[]): void {
  const bytes = bytesOf(text)
  const table = new LineIndex(bytes)
  table.build()
  for (const key of keys) {
    // a new one, since the first few look-ups are searches
    const search = new LineIndex(bytes).find(key)
    expect(table.find(key), JSON.stringify(key)).toEqual(search)
    expect(table.first(key)).toBe(search[0])
    expect(new LineIndex(bytes).first(key)).toBe(search[0])
    for (const at of search) expect(bytes.toString('latin1', at, at + key.length + 1)).toBe(`${key}:`)
  }
}

test('in any file, for the names in it and for others', () => {
  fc.assert(
    fc.property(fileText, fc.string({ unit: 'binary-ascii', maxLength: 4 }), (text, other) => {
      const inFile = text.match(/[^:\n]{0,20}(?=:)/g) ?? []
      bothWays(text, [...new Set([...NAMES, ...inFile, other, '', '#alice', ' alice', 'a:b', 'a\nb'])])
    }),
  )
})

test.each([
  ['a byte order mark is no part of the first name', '\xef\xbb\xbfa:1\n', ['a', '\xef\xbb\xbfa']],
  ['a name does not reach over lines', 'a\nb:1\n', ['a\nb', 'b']],
  ['nor over fields', 'a:b:c\n', ['a', 'a:b', 'b']],
  ['a name may be empty', ':1\n  :2\nx:3\n', ['', 'x']],
  ['a name within another is not that name', 'aa:1\na a:2\n\ta:3\n', ['a', 'aa', 'a a']],
])('%s', (_name, text, keys) => bothWays(text, keys))

test('the offsets are those of the names, behind blanks', () => {
  expect(new LineIndex(bytesOf(' a:1\nb:2\n\t a:3')).find('a')).toEqual([1, 11])
})

test('it stays right while the table grows, and duplicates stay in file order', () => {
  // short lines, more than the first table takes
  const lines = Array.from({ length: 3000 }, (_, i) => `${(i % 1000).toString(36)}:\n`)
  bothWays(
    lines.join(''),
    Array.from({ length: 50 }, (_, i) => (i * 20).toString(36)),
  )
  const index = new LineIndex(bytesOf(lines.join('')))
  for (let i = 0; i < 1000; i++) {
    const found = index.find(i.toString(36))
    expect(found).toHaveLength(3)
    expect(found).toEqual(found.toSorted((a, b) => a - b))
  }
})
