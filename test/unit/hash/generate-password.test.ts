import { describe, expect, test } from 'vitest'
import { type GenerateOptions, generatePassword } from '../../../src/hash/generate-password.ts'
import { wordList } from '../../../src/hash/words.ts'

const many = (count: number, make: () => string): string[] => Array.from({ length: count }, make)

test('20 letters and digits, none of which looks like another', () => {
  for (const password of many(50, () => generatePassword())) {
    expect(password).toMatch(/^[2-9A-HJ-NP-Za-km-z]{20}$/)
  }
})

test.each([8, 24, 72])('%i characters where so many are asked for', length => {
  expect(generatePassword({ length })).toHaveLength(length)
})

test.each([4, 6, 12])('%i words of the list', count => {
  const words = generatePassword({ words: count }).split('-')
  expect(words).toHaveLength(count)
  expect(words.filter(word => !wordList().includes(word))).toEqual([])
})

test('no two are the same', () => {
  expect(new Set(many(500, () => generatePassword({ length: 8 }))).size).toBe(500)
  expect(new Set(many(500, () => generatePassword({ words: 4 }))).size).toBe(500)
})

test('every character is as likely as any other', () => {
  const counts = new Map<string, number>()
  const text = many(1000, () => generatePassword({ length: 57 })).join('')
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  expect(counts.size).toBe(57)
  // each is drawn 1,000 times on the average, with a deviation of 31: eight of them never happen by chance
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(250)
})

describe('refuses', () => {
  test.each([
    [{ length: 7 }, '"length" expected an integer from 8 to 72, got 7'],
    [{ length: 73 }, '"length" expected an integer from 8 to 72, got 73'],
    [{ length: 9.5 }, '"length" expected an integer from 8 to 72, got 9.5'],
    [{ words: 3 }, '"words" expected an integer from 4 to 12, got 3'],
    [{ words: 6, length: 20 }, 'expected "length" or "words", got both'],
    [{ size: 3 }, 'GenerateOptions expected only the options length, words, got "size"'],
  ])('%j', (options, message) => {
    expect(() => generatePassword(options as GenerateOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message }),
    )
  })
})
