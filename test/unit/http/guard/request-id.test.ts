// The id of a request: a trusted proxy's, or a new one.
import { expect, test } from 'vitest'
import { requestIdOf } from '../../../../src/http/guard/request-id.ts'

test.each<[sent: string | string[] | undefined, isProxied: boolean, isTaken: boolean]>([
  ['4bf92f3577b34da6', true, true],
  ['a/b+c=d:e.f@g_h-i', true, true],
  ['4bf92f3577b34da6', false, false],
  ['with space', true, false],
  ['"', true, false],
  ['', true, false],
  ['x'.repeat(129), true, false],
  [['a', 'b'], true, false],
  [undefined, true, false],
])('%j, from a trusted proxy: %s', (sent, isProxied, isTaken) => {
  const id = requestIdOf(sent, isProxied)
  expect(id === sent).toBe(isTaken)
  expect(id).toMatch(/^[\w.:@+=/-]{1,128}$/)
})

test('no two are the same', () => {
  const ids = Array.from({ length: 1000 }, () => requestIdOf(undefined, false))
  expect(new Set(ids).size).toBe(1000)
})
