import { expect, test } from 'vitest'
import { count } from '../../../../src/cli/terminal/count.ts'

test.each([
  [0, '0 users'],
  [1, '1 user'],
  [2, '2 users'],
])('%i', (number, text) => expect(count(number, 'user')).toBe(text))
