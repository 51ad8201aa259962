import { expect, test } from 'vitest'
import { createDummyHash } from '../../../src/auth/dummy-hash.ts'
import { hashPassword } from '../../../src/hash/hash-password.ts'
import type { StoredHash } from '../../../src/hash/registry.ts'

const infoOf = ({ format, info }: StoredHash) => ({ format: format.id, ...info })
const sourceOf = (users: ReadonlyMap<string, string>) => ({
  get: (name: string | Uint8Array) => users.get(String(name)),
  users: () => users.keys(),
})

test('has the format and cost that most users have, though other records come first or are broken', async () => {
  const five = await hashPassword('x', { cost: 5 })
  const users = new Map([
    ['broken', 'no hash'],
    ['locked', '!'],
    ['sha', await hashPassword('x', { format: 'sha1' })],
    ['four', await hashPassword('x', { cost: 4 })],
    ['one', five],
    ['two', five],
  ])
  expect(infoOf(createDummyHash(sourceOf(users), () => 0)())).toMatchObject({ format: 'bcrypt', cost: 5 })
})

test('without users it is a well-formed bcrypt hash of the default cost', () => {
  expect(infoOf(createDummyHash({ get: () => undefined }, () => 0)())).toMatchObject({
    format: 'bcrypt',
    cost: 12,
  })
  expect(infoOf(createDummyHash(sourceOf(new Map()), () => 0)())).toMatchObject({
    format: 'bcrypt',
    cost: 12,
  })
})

test('follows a changed source after ten seconds', async () => {
  const users = new Map([['a', await hashPassword('x', { cost: 4 })]])
  let now = 0
  const dummyHash = createDummyHash(sourceOf(users), () => now)
  expect(dummyHash().info).toMatchObject({ cost: 4 })
  users.set('a', await hashPassword('x', { cost: 5 }))
  now = 9_999
  expect(dummyHash().info).toMatchObject({ cost: 4 })
  now = 10_000
  expect(dummyHash().info).toMatchObject({ cost: 5 })
})

test('looks at no more than a thousand users', () => {
  let asked = 0
  const users = function* () {
    for (let i = 0; i < 5000; i++) yield `u${i}`
  }
  createDummyHash({ get: () => void asked++, users }, () => 0)()
  expect(asked).toBe(1000)
})
