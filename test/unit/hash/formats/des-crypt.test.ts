import { expect, test } from 'vitest'
import { toByteString } from '../../../../src/bytes.ts'
import { desCrypt } from '../../../../src/hash/formats/des-crypt.ts'

test.each([
  ['foob', 'arlEKn0OzVJn.', 'arlEKn0OzVJn.'],
  ['foob', 'ar', 'arlEKn0OzVJn.'],
])('%s with %s', async (password, setting, hash) => {
  expect(await desCrypt.compute(toByteString(password), setting)).toBe(hash)
})

test('8 characters of 7 bits count', async () => {
  const hash = await desCrypt.compute(toByteString('12345678'), 'ab')
  expect(await desCrypt.compute(toByteString('123456789'), 'ab')).toBe(hash)
  expect(await desCrypt.compute(toByteString('é'), 'ab')).toBe(
    await desCrypt.compute(toByteString('C)'), 'ab'),
  )
})

test.each(['$6FrCaT/v0dwE', '$#FrCaT/v0dwE', 'rqXexS6ZhobK', 'rqXexS6ZhobKAA', ''])(
  '%j is no DES hash',
  hash => {
    expect(desCrypt.identify(hash)).toBeUndefined()
  },
)
