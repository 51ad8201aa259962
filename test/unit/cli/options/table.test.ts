// The readers that a row is made of.
import { expect, test } from 'vitest'
import { duration, environmentName, oneOf, text, wholeNumber } from '../../../../src/cli/options/table.ts'

test('oneOf takes its choices, as they are, and lists them', () => {
  const read = oneOf('text', 'json')
  expect(read.choices).toEqual(['text', 'json'])
  expect(read('json')).toBe('json')
  for (const wrong of ['Text', '', 'xml'])
    expect(() => read(wrong)).toThrow(`expected one of text, json, got "${wrong}"`)
})

test('wholeNumber takes its bounds and no other way to write a number', () => {
  const read = wholeNumber(2, 30)
  expect([read('2'), read('30'), read('007')]).toEqual([2, 30, 7])
  for (const wrong of ['1', '31', '2.0', '1e1', '0x10', ' 5', '', '-5', '9999999999'])
    expect(() => read(wrong)).toThrow(`expected a whole number from 2 to 30, got "${wrong}"`)
})

test('duration takes a number with a unit, or seconds, and returns milliseconds', () => {
  const read = duration(0, 30 * 86_400)
  expect(['30s', '10m', '12h', '7d', '45', '0', '30d'].map(read)).toEqual([
    30_000, 600_000, 43_200_000, 604_800_000, 45_000, 0, 2_592_000_000,
  ])
  for (const wrong of ['', '1w', '1.5h', '-1', '10 m', '10M', '31d', '2592001', 's', '1h30m'])
    expect(() => read(wrong)).toThrow(
      `expected a time such as 30s, 10m, 12h or 7d, from 0s to 30d, got "${wrong}"`,
    )
  expect(() => duration(90, 3600)('1')).toThrow('from 90s to 1h')
})

test('text is what it is', () => expect(text(' a b ')).toBe(' a b '))

test('an option is an environment variable in capitals', () => {
  expect(environmentName('allow-path')).toBe('HTPASSWD_ALLOW_PATH')
})
