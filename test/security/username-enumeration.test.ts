// Known and unknown names get the same response after the same hashes, counted, not timed (CVE-2026-32595: Traefik
// responded to unknown names at once; CVE-2026-41263: its dummy hash was empty; Caddy's has one cost for every file).
import { expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword, verifyHash } from '../../src/hash/hash-password.ts'

const five = await hashPassword('geheim', { cost: 5 })
const source = new Map([
  ['alice', five],
  ['bob', await hashPassword('geheim', { cost: 5 })],
  ['broken', '$2y$05$cut'],
  ['locked', '!'],
  ['argon', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub'],
  ['huge', `$2y$31$${five.slice(7)}`],
])

async function attempt(user: string, password: string) {
  const work: string[] = []
  const lookup = { get: (name: string | Uint8Array) => source.get(String(name)), users: () => source.keys() }
  const authenticator = new Authenticator(
    lookup,
    {},
    {
      verify: async (password, { format, info, text }) => {
        work.push(`${format.id} ${info.cost}`)
        return verifyHash(password, text)
      },
    },
  )
  const result = await authenticator.authenticate({
    username: Buffer.from(user),
    password: Buffer.from(password),
  })
  return { result, work }
}

test.each(['alice', 'nobody', 'broken', 'locked', 'argon', 'huge', '', '__proto__'])(
  'a wrong password for %j',
  async user => {
    const { result, work } = await attempt(user, 'wrong')
    expect(result).toEqual({ ok: false, status: 401, reason: 'rejected' })
    expect(work).toEqual(['bcrypt 5'])
  },
)

test.each(['nobody', 'broken', 'locked', 'huge'])(
  'the password of the dummy hash does not log in as %s',
  async user => {
    const { result, work } = await attempt(user, 'geheim')
    expect(result).toEqual({ ok: false, status: 401, reason: 'rejected' })
    expect(work).toEqual(['bcrypt 5'])
  },
)
