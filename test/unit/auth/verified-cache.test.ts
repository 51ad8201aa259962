import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createKeyer, VerifiedCache } from '../../../src/auth/verified-cache.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

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

test('keys are of one process: another secret, other keys', () => {
  const [one, two] = [createKeyer(), createKeyer()]
  expect(one(bytes('u'), 'h', bytes('p'))).not.toBe(two(bytes('u'), 'h', bytes('p')))
  const fixed = createKeyer(Buffer.alloc(32))
  expect(fixed(bytes('u'), 'h', bytes('p'))).toBe(createKeyer(Buffer.alloc(32))(bytes('u'), 'h', bytes('p')))
})

test('a key is an HMAC of the three behind their lengths, so it holds neither password nor hash', () => {
  const secret = randomBytes(32)
  const key = createKeyer(secret)
  const length = (text: string) => Buffer.of(0, 0, text.length >> 8, text.length & 255).toString('latin1')
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary-ascii' }), { minLength: 3, maxLength: 3 }), parts => {
      const [user = '', hash = '', password = ''] = parts
      const message = bytes(parts.map(part => length(part) + part).join(''))
      const expected = createHmac('sha256', secret).update(message).digest('binary')
      expect(key(bytes(user), hash, bytes(password))).toBe(expected)
    }),
  )
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
  clock.now += 60_000
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
