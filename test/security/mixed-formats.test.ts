// In a file of several formats, one attempt must not tell a name by the time of its rarer format; and in a large file,
// none by the time that finding a dummy hash takes. Both are counted here and measured in bench/unknown-names.js.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { HtpasswdFile } from '../../src/store/htpasswd-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'mixed-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('unknown names cost what known names cost, in the proportions of the file', async () => {
  const kinds = [
    ['sha1', await hashPassword('x', { format: 'sha1' })],
    ['bcrypt', await hashPassword('x', { cost: 4 })],
    ['bcrypt', await hashPassword('x', { cost: 4 })],
    ['apr1', await hashPassword('x', { format: 'apr1' })],
  ] as const
  const path = join(folder, 'users')
  writeFileSync(path, kinds.map(([, hash], i) => `user${i}:${hash}\n`).join(''))
  const work: string[] = []
  const authenticator = new Authenticator(
    await HtpasswdFile.open(path),
    { maxFailures: 0 },
    {
      verify: async (_, { format }) => {
        work.push(format.id)
        return false
      },
    },
  )
  const login = async (user: string) =>
    authenticator.authenticate({ username: Buffer.from(user), password: Buffer.from('wrong') })
  for (let i = 0; i < 4; i++) await login(`user${i}`)
  expect(work.splice(0)).toEqual(kinds.map(([format]) => format))
  for (let i = 0; i < 2000; i++) await login(`nobody${i}`)
  const share = (format: string) => Math.round((work.filter(name => name === format).length / 2000) * 10)
  expect(share('bcrypt')).toBe(5)
  expect([2, 3]).toContain(share('sha1'))
  expect([2, 3]).toContain(share('apr1'))
})

test('in a file of 200,000 users neither kind of name lists the users, at any attempt', async () => {
  const path = join(folder, 'large')
  const hash = await hashPassword('x', { format: 'sha1' })
  writeFileSync(path, Array.from({ length: 200_000 }, (_, i) => `user${i}:${hash}\n`).join(''))
  const file = await HtpasswdFile.open(path)
  let listed = 0
  let looked = 0
  const source = {
    get: (name: string | Uint8Array) => {
      looked++
      return file.get(name)
    },
    users: () => {
      listed++
      return file.users()
    },
    hashSample: () => file.hashSample(),
  }
  const clock = { now: 1 }
  const authenticator = new Authenticator(source, { maxFailures: 0, now: () => clock.now })
  for (const user of ['user7', 'nobody', 'user8', 'somebody']) {
    clock.now += 10_300
    await authenticator.authenticate({ username: Buffer.from(user), password: Buffer.from('wrong') })
  }
  expect({ listed, looked }).toEqual({ listed: 0, looked: 4 })
  expect(file.hashSample()).toHaveLength(1000)
})
