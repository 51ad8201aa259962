// The hash of names against the reference implementation's round, and that it depends on bytes, length and key.
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { hashOfName } from '../../../src/document/name-hash.ts'

const hash = (text: string, before = '') => {
  const bytes = Buffer.from(`${before}${text}:more`, 'latin1')
  return hashOfName(bytes, before.length, before.length + text.length)
}

test('depends on the name alone, not on where it is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (name, before) => {
      const text = Buffer.from(name).toString('latin1')
      expect(hash(text, Buffer.from(before).toString('latin1'))).toBe(hash(text))
    }),
  )
})

test('names that differ in one byte or in length have different hashes', () => {
  const names = [
    '',
    'a',
    'b',
    'aa',
    'ab',
    'aaaa',
    'aaab',
    'aaaaa',
    '\0',
    '\0\0',
    'a\0',
    'st\xffray',
    'st\xferay',
  ]
  expect(new Set(names.map(name => hash(name))).size).toBe(names.length)
})

test('few of many names share the low bits that pick a slot', () => {
  const slots = new Set(Array.from({ length: 4096 }, (_, i) => hash(`user${i}`) & 4095))
  // 63 % of the slots are used by a random function
  expect(slots.size).toBeGreaterThan(4096 * 0.6)
})

test('the key is drawn once for a process, at random', async () => {
  const other = await import('../../../src/document/name-hash.ts?again' as string)
  const bytes = Buffer.from('alice')
  expect(other.hashOfName(bytes, 0, 5)).not.toBe(hash('alice'))
  vi.resetModules()
})
