// No password, hash or token in anything that the guard says or logs (htauth, tg123/go-htpasswd and ttyd print them).
import { afterEach, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { formatAccessLogEntry } from '../../src/http/access-log.ts'
import { basic, LOGIN, PASSWORD, TestGuard } from '../http/test-guard.ts'

let guard: TestGuard | undefined
afterEach(() => guard?.[Symbol.asyncDispose]())

const SECRET = 'hunter2-secret'
const secrets = new RegExp(
  [SECRET, PASSWORD, Buffer.from(SECRET).toString('base64').slice(0, 12), LOGIN.slice(-12)].join('|'),
)

test('the log and the answers hold none', async () => {
  guard = await TestGuard.start()
  const test = guard
  const answers = [
    await test.raw(`GET /a?password=${SECRET} HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nConnection: close\r\n\r\n`),
    await test.raw(
      `GET /b HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(SECRET, SECRET)}\r\nConnection: close\r\n\r\n`,
    ),
    await test.raw(
      `GET /c HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${SECRET}\r\nConnection: close\r\n\r\n`,
    ),
    await test.raw(`GET http://alice:${SECRET}@x/d HTTP/1.1\r\nHost: x\r\n\r\n`),
    await test.raw(`GET /e HTTP/1.1\r\nHost: alice:${SECRET}@x\r\n\r\n`),
    await test.raw(`${SECRET}\r\n\r\n`),
  ]
  const log = (await test.logged(5)).flatMap(entry => [
    formatAccessLogEntry(entry, 'text'),
    formatAccessLogEntry(entry, 'json'),
  ])
  expect(log.join('\n')).toMatch(/ alice GET \/a 200 /)
  expect([...answers, ...log].join('\n')).not.toMatch(secrets)
})

test('errors hold none', async () => {
  const errors: unknown[] = []
  const authenticator = new Authenticator(
    () => SECRET,
    { onError: error => errors.push(error) },
    async () => {
      throw new Error('the thread died')
    },
  )
  await authenticator.authenticate({ username: Buffer.from('alice'), password: Buffer.from(SECRET) })
  expect(errors).toHaveLength(1)
  expect(String((errors[0] as Error).stack)).not.toMatch(secrets)
})
