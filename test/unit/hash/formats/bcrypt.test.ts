// bcryptjs is the oracle for text; for bytes and `$2x$` the outside vectors are (test/vectors.test.ts).

import bcryptjs from 'bcryptjs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ByteString, toByteString } from '../../../../src/bytes.ts'
import { bcrypt } from '../../../../src/hash/formats/bcrypt.ts'

test.each([
  [
    '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
    { variant: '2a', cost: 5, strength: 'weak' },
  ],
  [
    '$2y$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
    { variant: '2y', cost: 10, strength: 'strong' },
  ],
  [
    '$2x$12$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
    { variant: '2x', cost: 12, strength: 'weak' },
  ],
  ['$2y$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', undefined],
  ['$2y$32$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', undefined],
  ['$2y$+5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', undefined],
  ['$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWa', undefined],
  ['$2y$05$short', undefined],
])('identify %s', (hash, info) => expect(bcrypt.identify(hash)).toEqual(info))

test('what is made is $2y$ and opens in bcryptjs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 30 }), async password => {
      fc.pre(!password.includes('\0') && password.isWellFormed())
      const hash = await bcrypt.compute(toByteString(password), bcrypt.setting(4))
      expect(hash).toMatch(/^\$2y\$04\$.{53}$/)
      expect(bcryptjs.compareSync(password, hash as string)).toBe(true)
    }),
    { numRuns: 25 },
  )
})

test('72 bytes count, even where that cuts a character', async () => {
  const setting = '$2y$04$abcdefghijklmnopqrstuu'
  const long = toByteString(`${'x'.repeat(71)}é tail`)
  expect(await bcrypt.compute(long, setting)).toBe(
    await bcrypt.compute(long.slice(0, 72) as ByteString, setting),
  )
})
