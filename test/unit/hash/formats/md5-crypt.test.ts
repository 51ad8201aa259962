import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toByteString } from '../../../../src/bytes.ts'
import { apr1, md5crypt } from '../../../../src/hash/formats/apr1.ts'
import { md5Crypt, md5Digest } from '../../../../src/hash/formats/md5-crypt.ts'

test('the digest is that of node:crypto, for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      expect(md5Digest(Buffer.from(bytes))).toEqual(createHash('md5').update(bytes).digest())
    }),
  )
})

test('the stored string is that of apache-md5, for any password and salt', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 80 }),
      fc.string({ unit: fc.constantFrom('a', 'Z', '.', '/', '9'), maxLength: 8 }),
      async (bytes, salt) => {
        const password = toByteString(bytes)
        for (const [format, prefix] of [
          [apr1, '$apr1$'],
          [md5crypt, '$1$'],
        ] as const) {
          const setting = `${prefix}${salt}$`
          expect(md5Crypt(password, setting)).toBe(await format.compute(password, setting))
        }
      },
    ),
    { numRuns: 30 },
  )
})
