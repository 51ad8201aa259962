import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createKeyer, VerifiedCache } from '../../../src/auth/verified-cache.ts'
import type { ByteString } from '../../../src/bytes.ts'

const bytes = (text: string) => text as ByteString

test('any two triples that differ have keys that differ, wherever the characters stand', () => {
  const key = createKeyer()
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '\0', 'ÿ'), maxLength: 3 })
  fc.assert(
    fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), ([a, b, c], [x, y, z]) => {
      const same = a === x && b === y && c === z
      expect(key(bytes(a), b, bytes(c)) === key(bytes(x), y, bytes(z))).toBe(same)
    }),
  )
})

test('another process has another secret and other keys', () => {
  const [one, two] = [createKeyer(), createKeyer()]
  expect(one(bytes('u'), 'h', bytes('p'))).not.toBe(two(bytes('u'), 'h', bytes('p')))
  const fixed = createKeyer('secret')
  expect(fixed(bytes('u'), 'h', bytes('p'))).toBe(createKeyer('secret')(bytes('u'), 'h', bytes('p')))
})

test('a key is a SHA-256 digest: it holds neither password nor hash', () => {
  const key = createKeyer()(bytes('user'), 'stored hash', bytes('password'))
  expect(key).toHaveLength(32)
  expect(key).not.toMatch(/user|hash|password/)
})

test('a success is remembered for its time after each use', () => {
  const clock = { now: 1000 }
  const cache = new VerifiedCache({ milliseconds: 60_000, entries: 10, now: () => clock.now })
  expect(cache.has('k')).toBe(false)
  cache.add('k')
  for (const pause of [59_999, 59_999]) {
    clock.now += pause
    expect(cache.has('k')).toBe(true)
  }
  clock.now += 60_001
  expect(cache.has('k')).toBe(false)
  expect(cache.size).toBe(0)
})

test('it holds no more than its entries', () => {
  const cache = new VerifiedCache({ milliseconds: 1000, entries: 3, now: () => 1 })
  for (let i = 0; i < 100; i++) cache.add(`k${i}`)
  expect(cache.size).toBe(3)
  expect(cache.has('k99')).toBe(true)
})

test('with zero milliseconds nothing is remembered', () => {
  const cache = new VerifiedCache({ milliseconds: 0, entries: 3, now: () => 1 })
  cache.add('k')
  expect(cache.has('k')).toBe(false)
})
