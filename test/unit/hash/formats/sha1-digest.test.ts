// node:crypto is the oracle.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha1Digest } from '../../../../src/hash/formats/sha1-digest.ts'

const oracle = (message: Uint8Array): string => createHash('sha1').update(message).digest('hex')
const ours = (message: Uint8Array): string => sha1Digest(message).toString('hex')

test.each([
  ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '84983e441c3bd26ebaae4aa1f95129e5e54670f1'],
  ['a'.repeat(1_000_000), '34aa973cd4c4daa4f61eeb2bdbad27316534016f'],
])('FIPS 180-2, appendix A, and the empty message: %.60s', (message, digest) => {
  expect(ours(Buffer.from(message))).toBe(digest)
})

test('every length around two blocks, in bytes of all values', () => {
  for (let length = 0; length <= 130; length++) {
    const message = Buffer.from(Array.from({ length }, (_, i) => (i * 151 + length) & 255))
    expect(ours(message)).toBe(oracle(message))
  }
})

test('any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1000 }), message => {
      expect(ours(message)).toBe(oracle(message))
    }),
  )
})
