// Hashes are work, and an unauthenticated client could cause it: by a record from elsewhere (bcrypt 31, a billion rounds),
// or by a thousand logins. (haproxy issue 1298, Traefik's and nginx's storms.)
import { afterEach, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { basic, PASSWORD, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard | undefined
afterEach(() => guard?.[Symbol.asyncDispose]())

const bcrypt = await hashPassword(PASSWORD, { cost: 4 })

test.each([
  ['bcrypt of cost 31', `$2y$31$${bcrypt.slice(7)}`],
  ['SHA-crypt of 999999999 rounds', `$5$rounds=999999999$saltsaltsaltsalt$${'.'.repeat(43)}`],
])('%s is denied without its work', async (_, hash) => {
  await using authenticator = new Authenticator({ get: () => hash, users: () => ['a'] })
  const result = await authenticator.authenticate({
    username: Buffer.from('a'),
    password: Buffer.from(PASSWORD),
  })
  expect(result).toMatchObject({ ok: false, status: 401 })
})

test('a password of a megabyte is not hashed', async () => {
  let hashes = 0
  const authenticator = new Authenticator(
    () => bcrypt,
    {},
    {
      verify: async () => {
        hashes++
        return false
      },
    },
  )
  await authenticator.authenticate({ username: Buffer.from('a'), password: Buffer.alloc(1 << 20, 'x') })
  expect(hashes).toBe(0)
})

test('a storm is answered 401, 429 or 503 with a short wait, and who is known gets through', async () => {
  guard = await TestGuard.start({
    users: new Map([['alice', await hashPassword(PASSWORD, { cost: 8 })]]),
    authenticator: { workers: 1, maxQueue: 4, maxFailures: 0 },
    maxConnectionsPerAddress: 0,
  })
  expect((await guard.fetch('/')).status).toBe(200)
  const { url } = guard
  const storm = Array.from({ length: 200 }, (_, i) =>
    fetch(url, { headers: { authorization: basic(`u${i}`, 'x') } }),
  )
  expect((await guard.fetch('/')).status).toBe(200)
  const answers = await Promise.all(storm)
  const statuses = new Set(answers.map(answer => answer.status))
  expect(statuses).toEqual(new Set([401, 503]))
  for (const answer of answers) {
    if (answer.status === 503) expect(answer.headers.get('retry-after')).toBe('1')
  }
})

test('guesses from one address are counted before any hash', async () => {
  guard = await TestGuard.start({ authenticator: { maxFailures: 2 } })
  const { url } = guard
  const start = performance.now()
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => fetch(url, { headers: { authorization: basic(`u${i}`, 'x') } })),
  )
  // one more is forgiven every half second, should this machine be slow
  const forgiven = Math.ceil((performance.now() - start) / 500)
  const checked = answers.filter(answer => answer.status === 401).length
  expect(checked).toBeGreaterThanOrEqual(20)
  expect(checked).toBeLessThanOrEqual(20 + forgiven)
  const refused = answers.find(answer => answer.status === 429)
  expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(5)
})
