// bcrypt reads 72 bytes and stops at a NUL: what Apache takes is taken, but nothing is cut before that, and no NUL helps.
import { afterAll, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'

const password = `${'x'.repeat(70)}ä`
const hash = await hashPassword(password, { cost: 4 })
const authenticator = new Authenticator(() => hash, { maxFailures: 0 })
afterAll(() => authenticator[Symbol.asyncDispose]())

test.each([
  ['the password, 72 bytes', password, true],
  ['one byte less', password.slice(0, 70), false],
  ['the last character cut in two', Buffer.from(password).subarray(0, 71), false],
  ['a NUL behind', `${password}\0`, false],
  ['a NUL in it', `${password.slice(0, 5)}\0${password.slice(5)}`, false],
])('%s: %s', async (_, sent, ok) => {
  const result = await authenticator.authenticate({
    username: Buffer.from('alice'),
    password: Buffer.from(sent),
  })
  expect(result).toMatchObject({ ok })
})

test('a password that a NUL would cut is refused when it is set', async () => {
  await expect(hashPassword('a\0b', { cost: 4 })).rejects.toThrow('NUL')
})
