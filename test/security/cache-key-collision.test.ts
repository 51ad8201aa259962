// One user's remembered login must never be another's (GHSA-6765-c87h-8mrf: fields joined without a border;
// Okta, 2024: bcrypt as the key, cut at 72 bytes, so that a long name left no room for the password).
import { expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'

const hash = await hashPassword('c', { format: 'sha1' })
// everybody has the same stored hash: only name and password can tell them apart
const authenticator = new Authenticator(() => hash, { maxFailures: 0 })
const login = (user: string, password: string) =>
  authenticator.authenticate({ username: Buffer.from(user), password: Buffer.from(password) })

test('characters that move from the name to the password make another login', async () => {
  expect(await login('ab', 'c')).toMatchObject({ ok: true })
  expect(await login('a', 'bc')).toMatchObject({ ok: false })
  expect(await login('abc', '')).toMatchObject({ ok: false })
  expect(await login(`ab${hash}`, 'c')).toMatchObject({ user: `ab${hash}` })
})

test.each([52, 60, 72, 80, 255])('after a name of %i characters the password still counts', async length => {
  const name = 'n'.repeat(length)
  expect(await login(name, 'c')).toMatchObject({ ok: true })
  expect(await login(name, 'x')).toMatchObject({ ok: false })
})
