// Users of a database: every lookup may return a promise.
import { expect, test, vi } from 'vitest'
import { Authenticator } from '../../../src/auth/authenticator.ts'
import type { UserLookup } from '../../../src/auth/user-source.ts'
import { hashPassword } from '../../../src/hash/hash-password.ts'

const hash = await hashPassword('wonderland', { format: 'sha1' })
const ann = { username: 'ann', password: 'wonderland' }
const table = () => new Map([['ann', hash]])
const later = (users: Map<string, string>) => async (name: string) => users.get(name)

test('a user is admitted, others are not', async () => {
  await using authenticator = new Authenticator(later(table()))
  expect(await authenticator.authenticate(ann)).toMatchObject({ ok: true, user: 'ann' })
  expect(await authenticator.authenticate({ ...ann, password: 'x' })).toMatchObject({ status: 401 })
  expect(await authenticator.authenticate({ ...ann, username: 'bob' })).toMatchObject({ status: 401 })
})

test('a deleted user is refused at the next request', async () => {
  const users = table()
  await using authenticator = new Authenticator(later(users))
  expect(await authenticator.authenticate(ann)).toMatchObject({ ok: true })
  users.delete('ann')
  expect(await authenticator.authenticate(ann)).toMatchObject({ ok: false, status: 401 })
})

test('a name is found in all its spellings', async () => {
  const names: string[] = []
  await using authenticator = new Authenticator(async name => {
    names.push(name)
    return name === 'jürgen' ? hash : null
  })
  const decomposed = { username: 'jürgen'.normalize('NFD'), password: 'wonderland' }
  expect(await authenticator.authenticate(decomposed)).toMatchObject({ ok: true, user: 'jürgen' })
  const latin1 = { username: Buffer.from('jürgen', 'latin1'), password: 'wonderland' }
  expect(await authenticator.authenticate(latin1)).toMatchObject({ ok: true, user: 'jürgen' })
  expect(new Set(names).size).toBe(2)
})

test('an answer may be a thenable, such as the query of a database library', async () => {
  // biome-ignore lint/suspicious/noThenProperty: such libraries do this
  const query = { then: (resolve: (hash: string) => void) => resolve(hash) } as PromiseLike<string>
  await using authenticator = new Authenticator(() => query)
  expect(await authenticator.authenticate(ann)).toMatchObject({ ok: true })
})

test.each<[string, UserLookup, string]>([
  ['that rejects', async () => Promise.reject(new Error('no database')), 'no database'],
  [
    'with a row in place of its hash',
    async () => ({ hash }) as never,
    'expected the stored hash, a string, got object',
  ],
])('a look-up %s denies with 500, and onError gets the reason', async (_, lookup, message) => {
  const onError = vi.fn()
  await using authenticator = new Authenticator(lookup, { onError })
  expect(await authenticator.authenticate(ann)).toMatchObject({ ok: false, status: 500, reason: 'fault' })
  expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: expect.stringContaining(message) }))
})

test('what stays open ends after the database has answered', async () => {
  const users = table()
  await using authenticator = new Authenticator(later(users))
  const login = await authenticator.authenticate(ann)
  const isCurrent = () => login.ok && login.isCurrent()
  users.delete('ann')
  // the question itself cannot wait, so the answer counts at the next one
  isCurrent()
  await new Promise(setImmediate)
  expect(isCurrent()).toBe(false)
})

test('credentials that are no text and no bytes are a fault, not a rejected promise', async () => {
  const onError = vi.fn()
  await using authenticator = new Authenticator(table(), { onError })
  expect(await authenticator.authenticate({ username: 5, password: 5 } as never)).toMatchObject({
    status: 500,
  })
  expect(onError).toHaveBeenCalledOnce()
})

test('without onError a fault is a warning of the process, once', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  try {
    await using authenticator = new Authenticator(async () => Promise.reject(new Error('no database')))
    await authenticator.authenticate(ann)
    await authenticator.authenticate(ann)
    expect(warn.mock.calls.map(([warning]) => String(warning))).toEqual(['Error: no database'])
  } finally {
    warn.mockRestore()
  }
})
