// Many subnets of one network, each within its limits, must not fill the queue for hashes in front of everybody else; and
// the ranks of a cluster behind one address, all with the right password, all get an answer.
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { basic, PASSWORD, TestGuard } from '../support/test-guard.ts'

const stored = await hashPassword(PASSWORD, { cost: 8 })

test.each([
  ['IPv4 addresses', (i: number) => `198.51.100.${i}`],
  ['subnets of an IPv6 /48', (i: number) => `2001:db8:1:${i.toString(16)}::1`],
])(
  'of two hundred %s that guess at once, the first login of another one waits for two',
  async (_, addressOf) => {
    await using authenticator = new Authenticator(() => stored, { workers: 1 })
    const login = async (address: string, password: string) =>
      authenticator.authenticate(
        { username: Buffer.from('alice'), password: Buffer.from(password) },
        { address },
      )
    let guessed = 0
    const guesses = Array.from({ length: 200 }, async (__, i) => {
      await login(addressOf(i), `guess ${i}`)
      guessed++
    })
    await turn()
    expect(await login('203.0.113.7', PASSWORD)).toMatchObject({ ok: true })
    expect(guessed).toBeLessThan(10)
    void Promise.all(guesses)
  },
)

test('256 clients of one address with the right password of as many users all get 200', async () => {
  const users = new Map(Array.from({ length: 256 }, (_, i) => [`rank${i}`, stored]))
  await using guard = await TestGuard.start({ users, maxConnectionsPerAddress: 0 })
  const statuses = await Promise.all(
    [...users.keys()].map(async user => {
      const response = await fetch(guard.url, { headers: { authorization: basic(user, PASSWORD) } })
      return response.status
    }),
  )
  expect(new Set(statuses)).toEqual(new Set([200]))
})
