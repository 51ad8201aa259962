// A broken list of users lets nobody in (Traefik GHSA-4mr2-fg2p-w63c, ingress-nginx issue 2813 let everybody in).
import { rmSync, writeFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { HtpasswdFile } from '../../src/store/htpasswd-file.ts'
import { withUsers } from '../support/password-file.ts'
import { TestGuard } from '../support/test-guard.ts'

let guard: TestGuard | undefined
afterEach(() => guard?.[Symbol.asyncDispose]())

test.each([
  ['no users', new Map<string, string>()],
  ['only broken ones', new Map([['alice', 'broken']])],
  ['an empty hash', new Map([['alice', '']])],
  ['an empty name', new Map([['', '']])],
])('%s: everybody is refused', async (_, users) => {
  // in a thread, the record that stands in is bcrypt of cost 12
  guard = await TestGuard.start({ users })
  expect((await guard.fetch('/')).status).toBe(401)
  expect((await guard.fetch('/', { user: '' })).status).toBe(401)
  expect(await guard.status('GET / HTTP/1.1', 'Authorization: Basic Og==')).toBe(401)
  expect(guard.received).toEqual([])
})

test.each([
  [
    'a lookup that throws',
    () => {
      throw new Error('gone')
    },
  ],
  ['a lookup that gives nonsense', () => 5 as never],
])('%s denies', async (_, lookup) => {
  await using authenticator = new Authenticator(lookup)
  const result = await authenticator.authenticate({ username: Buffer.from('a'), password: Buffer.from('b') })
  expect(result.ok).toBe(false)
})

test.each<[what: string, spoil: (file: string) => void, last: boolean]>([
  ['emptied in place', file => writeFileSync(file, ''), false],
  ['filled with nonsense', file => writeFileSync(file, 'no password file'), false],
  ['replaced by UTF-16', file => writeFileSync(file, Buffer.from('\ufeffzoe:x\n', 'utf16le')), true],
  ['deleted', file => rmSync(file), true],
])('a file %s while it is served opens nothing to unknown users', async (_, spoil, isLastUserIn) => {
  const hash = await hashPassword('geheim', { format: 'sha1' })
  await withUsers(`alice:${hash}\n`, async file => {
    const users = await HtpasswdFile.open(file)
    await using authenticator = new Authenticator(users)
    const login = (user: string, password: string) =>
      authenticator.authenticate({ username: Buffer.from(user), password: Buffer.from(password) })
    spoil(file)
    // what cannot be read leaves the last users in force; a file without them does so for a second, while it may be half written
    await users.reload().catch(() => {})
    await turn()
    for (const [user, password] of [
      ['alice', 'wrong'],
      ['nobody', 'geheim'],
      ['', ''],
      ['no password file', ''],
    ] as const)
      expect(await login(user, password)).toMatchObject({ ok: false, status: 401 })
    expect(await login('alice', 'geheim')).toMatchObject({ ok: isLastUserIn })
  })
})
