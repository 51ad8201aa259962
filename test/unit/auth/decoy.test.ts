import { expect, test } from 'vitest'
import { createDecoy } from '../../../src/auth/decoy.ts'
import { hashPassword, identify } from '../../../src/hash/registry.ts'

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
  expect(identify(createDecoy(sourceOf(users), () => 0)())).toMatchObject({ format: 'bcrypt', cost: 5 })
})

test('without users it is a well-formed bcrypt hash of the default cost', () => {
  expect(identify(createDecoy({ get: () => undefined }, () => 0)())).toMatchObject({
    format: 'bcrypt',
    cost: 12,
  })
  expect(identify(createDecoy(sourceOf(new Map()), () => 0)())).toMatchObject({ format: 'bcrypt', cost: 12 })
})

test('follows a changed source after ten seconds', async () => {
  const users = new Map([['a', await hashPassword('x', { cost: 4 })]])
  let now = 0
  const decoy = createDecoy(sourceOf(users), () => now)
  expect(identify(decoy())).toMatchObject({ cost: 4 })
  users.set('a', await hashPassword('x', { cost: 5 }))
  now = 9_999
  expect(identify(decoy())).toMatchObject({ cost: 4 })
  now = 10_000
  expect(identify(decoy())).toMatchObject({ cost: 5 })
})

test('looks at no more than a thousand users', () => {
  let asked = 0
  const users = function* () {
    for (let i = 0; i < 5000; i++) yield `u${i}`
  }
  createDecoy({ get: () => void asked++, users }, () => 0)()
  expect(asked).toBe(1000)
})
