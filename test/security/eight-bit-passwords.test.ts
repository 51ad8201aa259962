// Bytes above 0x7f count, each as itself (CVE-2011-2483: a sign bug in crypt_blowfish; CVE-2012-2143: DES stopped at 0x80).
import { describe, expect, test } from 'vitest'
import { hashPassword, verifyPassword } from '../../src/hash/hash-password.ts'
import { formats } from '../../src/hash/registry.ts'
import { vectors } from '../support/vectors.ts'

const eightBit = vectors.filter(
  ({ hash, password_b64, expected }) =>
    hash !== undefined && expected === true && Buffer.from(password_b64, 'base64').some(byte => byte > 0x7f),
)

test.each([
  ['bcrypt 2x, the sign bug itself', '$2x$'],
  ['bcrypt 2y', '$2y$'],
  ['bcrypt 2a', '$2a$'],
  ['SHA-256', '$5$'],
  ['apr1', '$apr1$'],
])('published vectors with such bytes: %s', async (_, ident) => {
  const chosen = eightBit.filter(({ hash }) => hash?.startsWith(ident)).slice(0, 5)
  expect(chosen.length).toBeGreaterThan(0)
  for (const { hash = '', password_b64 } of chosen)
    expect(await verifyPassword(Buffer.from(password_b64, 'base64'), hash)).toBe(true)
})

// plain text is never taken for a password
describe.each(formats.map(format => format.id).filter(id => id !== 'plaintext'))('%s', format => {
  const make = (password: Uint8Array) =>
    hashPassword(password, { format, ...(format === 'bcrypt' && { cost: 4 }) })

  // those that crypt_blowfish took for each other, and the two at which DES stopped
  test.each([
    [
      [0xa3, 0x61, 0x62],
      [0xff, 0xff, 0xa3, 0x61, 0x62],
    ],
    [
      [0xa3, 0x61],
      [0x23, 0x61],
    ],
    [
      [0x61, 0x80, 0x62],
      [0x61, 0x80, 0x63],
    ],
  ])('%j is not %j', async (one, other) => {
    // DES knows only seven bits of a byte: 0xa3 is 0x23 there, by its definition
    if (format === 'des' && one[0] === 0xa3 && other[0] === 0x23) return
    const hash = await make(Buffer.from(one))
    expect(await verifyPassword(Buffer.from(one), hash)).toBe(true)
    expect(await verifyPassword(Buffer.from(other), hash)).toBe(false)
  })
})
