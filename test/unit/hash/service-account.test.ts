// Records without a password: no password matches them, in no format, and neither does their own text.
import { describe, expect, test } from 'vitest'
import { Authenticator } from '../../../src/auth/authenticator.ts'
import { verifyPassword } from '../../../src/hash/hash-password.ts'
import { parseHash } from '../../../src/hash/registry.ts'
import { createServiceRecord, isServiceAccount } from '../../../src/hash/service-account.ts'

test('a new record is one, and another one each time', () => {
  const records = Array.from({ length: 100 }, createServiceRecord)
  expect(new Set(records).size).toBe(100)
  expect(records.every(isServiceAccount)).toBe(true)
})

test.each([
  '',
  '!',
  '!*',
  '**',
  '*LOCKED*',
  '*$apr1$',
  '* ',
  '*\n',
  `*${'a'.repeat(21)}`,
  `*${'a'.repeat(23)}`,
])('%j is not', hash => expect(isServiceAccount(hash)).toBe(false))

describe.each(['*', '!', '', '*AbCdEfGhIjKlMnOpQrStUv'])('the record %j', hash => {
  // its own text, what plain text comparison and crypt(3) failures would take, and nothing
  const passwords = [hash, '*', '!', '*0', '*1', 'x', '', '{PLAIN}', hash.slice(1)]

  test('is no hash of any format', () => expect(parseHash(hash)).toBeUndefined())

  test.each(passwords)('matches no password: %j', async password => {
    expect(await verifyPassword(password, hash)).toBe(false)
    const authenticator = new Authenticator({ ci: hash }, {}, { verify: async () => true })
    expect(await authenticator.authenticate({ username: 'ci', password })).toMatchObject({ status: 401 })
    await authenticator.close()
  })
})
