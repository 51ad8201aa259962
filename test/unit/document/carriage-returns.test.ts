import { expect, test } from 'vitest'
import { withLineFeedsForCr } from '../../../src/document/carriage-returns.ts'

test.each([
  ['a:1\rb:2\r', 'a:1\nb:2\n'],
  ['a:1\r\rb:2', 'a:1\n\nb:2'],
  ['\xef\xbb\xbf\ra:1\r', '\xef\xbb\xbf\na:1\n'],
  ['st\xffray:1\r', 'st\xffray:1\n'],
])('%j has line feeds in their place', (text, expected) => {
  expect(withLineFeedsForCr(Buffer.from(text, 'latin1'))?.toString('latin1')).toBe(expected)
})

test.each(['', 'a:1', 'a:1\n', 'a:1\r\n', 'a:1\rb:2\n', 'al\rice:1'])('%j has other line ends', text => {
  expect(withLineFeedsForCr(Buffer.from(text))).toBeUndefined()
})
