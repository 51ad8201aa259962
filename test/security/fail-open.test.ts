// A broken list of users lets nobody in (Traefik GHSA-4mr2-fg2p-w63c, ingress-nginx issue 2813 let everybody in).
import { afterEach, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { TestGuard } from '../http/test-guard.ts'

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
