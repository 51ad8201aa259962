// Checks at the same time do not mix (VU#479268 and CVE-2019-0217: crypt() and mod_auth_digest shared a buffer).
import { expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { formats } from '../../src/hash/registry.ts'

const users = new Map<string, string>()
const made = formats
  .filter(({ id }) => id !== 'plaintext')
  .flatMap(({ id: format }) =>
    [1, 2, 3].map(async i =>
      users.set(
        `${format} ${i}`,
        await hashPassword(`password of ${format} ${i}`.slice(-8), {
          format,
          ...(format === 'bcrypt' && { cost: 4 }),
        }),
      ),
    ),
  )

test('all users log in at once, each only with their own password', async () => {
  await Promise.all(made)
  await using authenticator = new Authenticator(
    { get: name => users.get(String(name)), users: () => users.keys() },
    { maxFailures: 0, workers: 2, maxQueue: 10_000 },
  )
  const names = [...users.keys()]
  const attempts = names.flatMap(user => names.map(other => ({ user, other })))
  const answers = await Promise.all(
    attempts.map(({ user, other }) =>
      authenticator.authenticate({
        username: Buffer.from(user),
        password: Buffer.from(`password of ${other}`.slice(-8)),
      }),
    ),
  )
  const wrong = attempts.filter(({ user, other }, i) => answers[i]?.ok !== (user === other))
  expect(wrong).toEqual([])
})
