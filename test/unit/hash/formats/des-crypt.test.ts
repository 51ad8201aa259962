import { expect, test } from 'vitest'
import { desCrypt } from '../../../../src/hash/formats/des-crypt.ts'
import { passwordBytes } from '../../../../src/hash/password.ts'

test.each([
  ['foob', 'arlEKn0OzVJn.', 'arlEKn0OzVJn.'],
  ['foob', 'ar', 'arlEKn0OzVJn.'],
])('%s with %s', async (password, setting, hash) => {
  expect(await desCrypt.compute(passwordBytes(password), setting)).toBe(hash)
})

test('8 characters of 7 bits count', async () => {
  const hash = await desCrypt.compute(passwordBytes('12345678'), 'ab')
  expect(await desCrypt.compute(passwordBytes('123456789'), 'ab')).toBe(hash)
  expect(await desCrypt.compute(passwordBytes('é'), 'ab')).toBe(
    await desCrypt.compute(passwordBytes('C)'), 'ab'),
  )
})

test.each(['$6FrCaT/v0dwE', '$#FrCaT/v0dwE', 'rqXexS6ZhobK', 'rqXexS6ZhobKAA', ''])(
  '%j is no DES hash',
  hash => {
    expect(desCrypt.identify(hash)).toBeUndefined()
  },
)
