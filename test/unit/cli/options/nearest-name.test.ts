// A misspelt name finds the one that was meant; an unrelated one finds none.
import { expect, test } from 'vitest'
import { nearestName } from '../../../../src/cli/options/nearest-name.ts'

test.each([
  ['upstreem', 'upstream'],
  ['upsteram', 'upstream'],
  ['Listen', 'listen'],
  ['tls-crt', 'tls-cert'],
  ['zzz', undefined],
  ['', undefined],
])('%j is nearest to %j', (name, expected) => {
  expect(nearestName(name, ['upstream', 'listen', 'tls-cert', 'tls-key'])).toBe(expected)
})
