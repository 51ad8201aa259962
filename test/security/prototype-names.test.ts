// Names that JavaScript's objects know are names like any other.
import { expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'

const hash = await hashPassword('geheim', { format: 'sha1' })
const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype']

test.each(names)('%s is unknown until it is a user', async name => {
  const users = new Map([['alice', hash]])
  const authenticator = new Authenticator({ get: user => users.get(String(user)), users: () => users.keys() })
  const login = () =>
    authenticator.authenticate({ username: Buffer.from(name), password: Buffer.from('geheim') })
  expect(await login()).toMatchObject({ ok: false, status: 401 })
  users.set(name, hash)
  expect(await login()).toMatchObject({ ok: true, user: name })
})
