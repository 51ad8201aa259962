import { expect, test } from 'vitest'
import { toUserSource } from '../../../src/auth/user-source.ts'

test('a bare lookup becomes a source without names', () => {
  const source = toUserSource(name => `hash of ${name}`)
  expect(source.get('a')).toBe('hash of a')
  expect(source.users).toBeUndefined()
})

test('a source stays itself, so that its methods keep their object', () => {
  const source = { get: () => undefined, users: () => [] }
  expect(toUserSource(source)).toBe(source)
})
