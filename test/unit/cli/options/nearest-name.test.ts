// Misspelt names find the one that was meant; what is near to nothing finds nothing.
import { expect, test } from 'vitest'
import { editDistance, nearestName } from '../../../../src/cli/options/nearest-name.ts'

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

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['abc', 'abd', 1],
  ['abc', 'acb', 1],
  ['kitten', 'sitting', 3],
])('%j to %j takes %i changes', (a, b, changes) => {
  expect(editDistance(a, b)).toBe(changes)
  expect(editDistance(b, a)).toBe(changes)
})
