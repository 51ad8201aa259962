// While passwords are hashed, everybody else is served (verdaccio issue 3010: bcrypt on the event loop).
import { afterEach, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { basic, PASSWORD, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard | undefined
afterEach(() => guard?.[Symbol.asyncDispose]())

test.each([
  ['bcrypt', { cost: 10 }],
  ['sha512crypt', { format: 'sha512crypt', rounds: 100_000 }],
] as const)('%s: requests under way are answered before the first login', async (_, options) => {
  guard = await TestGuard.start({
    users: new Map([
      ['alice', await hashPassword(PASSWORD, { format: 'sha1' })],
      ['slow', await hashPassword(PASSWORD, options)],
    ]),
  })
  const { url } = guard
  const order: string[] = []
  const logins = [1, 2, 3].map(async i => {
    await fetch(url, { headers: { authorization: basic('slow', `guess ${i}`) } })
    order.push('login')
  })
  for (let i = 0; i < 5; i++) {
    expect((await guard.fetch('/')).status).toBe(200)
    order.push('request')
  }
  await Promise.all(logins)
  expect(order.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'request'))
})
