// Shared checks must not tell names (CVE-2026-88010: all unknown users shared one, so they were answered together).
import { expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'

const hash = await hashPassword('geheim', { cost: 4 })

async function hashesOf(attempts: [user: string, password: string][]) {
  let hashes = 0
  const source = {
    get: (name: string | Uint8Array) => (name === 'alice' ? hash : undefined),
    users: () => ['alice'],
  }
  const authenticator = new Authenticator(
    source,
    { maxFailures: 0 },
    {
      verify: async () => {
        hashes++
        await Promise.resolve()
        return false
      },
    },
  )
  await Promise.all(
    attempts.map(([user, password]) =>
      authenticator.authenticate({ username: Buffer.from(user), password: Buffer.from(password) }),
    ),
  )
  return hashes
}

const twenty = Array.from({ length: 20 }, (_, i) => i)

test.each([
  ['equal attempts', 1, (user: string) => twenty.map((): [string, string] => [user, 'wrong'])],
  ['different passwords', 20, (user: string) => twenty.map((i): [string, string] => [user, `wrong ${i}`])],
])('%s cost %i hashes for a known and an unknown name', async (_, count, attempts) => {
  expect(await hashesOf(attempts('alice'))).toBe(count)
  expect(await hashesOf(attempts('nobody'))).toBe(count)
})

test('different names never share', async () => {
  expect(await hashesOf(twenty.map(i => [`nobody ${i}`, 'wrong']))).toBe(20)
})
