import { expect, test } from 'vitest'
import { encode24, randomSalt } from '../../../../src/hash/formats/crypt64.ts'

test('salts use the whole alphabet, about evenly', () => {
  const counts = new Map<string, number>()
  for (const character of randomSalt(64_000)) counts.set(character, (counts.get(character) ?? 0) + 1)
  expect([...counts.keys()].sort().join('')).toBe(
    './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  )
  for (const count of counts.values()) expect(count).toBeGreaterThan(700)
  expect(randomSalt(16)).toHaveLength(16)
})

test.each([
  [0, 4, '....'],
  [1, 4, '/...'],
  [63, 2, 'z.'],
  [0xffffff, 4, 'zzzz'],
])('encode24(%i, %i) is %s', (value, count, text) => expect(encode24(value, count)).toBe(text))
