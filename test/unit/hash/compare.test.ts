import { expect, test } from 'vitest'
import { equalInConstantTime } from '../../../src/hash/compare.ts'

test.each([
  ['', '', true],
  ['abc', 'abc', true],
  ['abc', 'abd', false],
  ['abc', 'abcd', false],
  ['\u00ff', '\u00fe', false],
  ['A', '\u0141', false],
])('%j and %j: %s', (a, b, equal) => expect(equalInConstantTime(a, b)).toBe(equal))
