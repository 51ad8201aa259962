import { expect, test } from 'vitest'
import { wordList } from '../../../src/hash/words.ts'

test('are 2,048 different ones, 11 bits each, of letters alone', () => {
  expect(new Set(wordList()).size).toBe(2048)
  expect(wordList().filter(word => !/^[a-z]{4,6}$/.test(word))).toEqual([])
})
