// Who is deleted or has a new password is out at the next request, remembered or not (verdaccio and Apache's socache
// go on for minutes).
import { afterEach, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { PASSWORD, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard | undefined
afterEach(() => guard?.[Symbol.asyncDispose]())

const hash = await hashPassword(PASSWORD, { format: 'apr1' })
const start = async () => {
  const users = new Map([['alice', hash]])
  guard = await TestGuard.start({ users })
  expect((await guard.fetch('/')).status).toBe(200)
  return { guard, users }
}

test('a deleted user', async () => {
  const { guard, users } = await start()
  users.delete('alice')
  expect((await guard.fetch('/')).status).toBe(401)
})

test('a changed password', async () => {
  const { guard, users } = await start()
  users.set('alice', await hashPassword('new', { format: 'apr1' }))
  expect((await guard.fetch('/')).status).toBe(401)
  expect((await guard.fetch('/', { password: 'new' })).status).toBe(200)
})

test('a locked user', async () => {
  const { guard, users } = await start()
  users.set('alice', `!${hash}`)
  expect((await guard.fetch('/')).status).toBe(401)
})

test('a user made anew under an old name, with another password', async () => {
  const { guard, users } = await start()
  users.delete('alice')
  await guard.fetch('/')
  users.set('alice', await hashPassword(PASSWORD.toUpperCase(), { format: 'apr1' }))
  expect((await guard.fetch('/')).status).toBe(401)
})
