// A name beyond ASCII has one counter of failures and one spelling for the app, in whatever bytes it is sent: else a
// guesser has twice the tries, and an app sees two users.
import { expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'

const hash = await hashPassword('geheim', { cost: 4 })
const composed = 'jörg'
const decomposed = 'jo\u0308rg'

const bytesOf: Record<string, Buffer> = {
  'UTF-8': Buffer.from(composed),
  'Latin-1': Buffer.from(composed, 'latin1'),
  'decomposed UTF-8': Buffer.from(decomposed),
}

test.each([
  ['in the file as UTF-8', composed],
  ['in the file decomposed', decomposed],
  ['in the file as Latin-1', Buffer.from(composed, 'latin1')],
  ['not in the file', undefined],
])('%s: all spellings together have the tries of one', async (_, stored) => {
  const source = {
    get: (name: string | Uint8Array) =>
      stored !== undefined && Buffer.from(name as string).equals(Buffer.from(stored as string))
        ? hash
        : undefined,
  }
  let guesses = 0
  const authenticator = new Authenticator(source, { maxFailures: 4, now: () => 1 })
  const seen = new Set<string>()
  for (const username of stored === undefined ? [] : Object.values(bytesOf)) {
    const login = await authenticator.authenticate(
      { username, password: Buffer.from('geheim') },
      { address: '192.0.2.9' },
    )
    if (login.ok) seen.add(`${login.user} ${Buffer.from(login.username, 'latin1').toString('hex')}`)
  }
  expect(seen.size).toBe(stored === undefined ? 0 : 1)
  for (let i = 0; i < 9; i++) {
    const username = Object.values(bytesOf)[i % 3] as Buffer
    const result = await authenticator.authenticate(
      { username, password: Buffer.from(`guess ${i}`) },
      { address: '192.0.2.1' },
    )
    if (!result.ok && result.status === 401) guesses++
  }
  expect(guesses).toBe(4)
  await authenticator[Symbol.asyncDispose]()
})

test.each([
  ['the euro sign of a Windows program', 'pay €5', Buffer.from('pay \x805', 'latin1')],
  ['a password set decomposed and typed composed', 'cafe\u0301', Buffer.from('café')],
  ['a password set composed and typed decomposed', 'café', Buffer.from('cafe\u0301')],
])('%s', async (_, password, sent) => {
  await using authenticator = new Authenticator(() => stored)
  const stored = await hashPassword(password, { cost: 4 })
  const result = await authenticator.authenticate({ username: Buffer.from('alice'), password: sent })
  expect(result).toMatchObject({ ok: true })
})
