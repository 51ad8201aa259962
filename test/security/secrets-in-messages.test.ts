// No password, hash or token in anything that the guard or the command says or logs (htauth, tg123/go-htpasswd and ttyd print them).
import { afterEach, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { formatAccessLogEntry } from '../../src/http/guard/access-log.ts'
import { runBin, withFolder } from '../support/run.ts'
import { basic, LOGIN, PASSWORD, TestGuard } from '../support/test-guard.ts'

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
    {
      verify: async () => {
        throw new Error('the thread died')
      },
    },
  )
  await authenticator.authenticate({ username: Buffer.from('alice'), password: Buffer.from(SECRET) })
  expect(errors).toHaveLength(1)
  expect(String((errors[0] as Error).stack)).not.toMatch(secrets)
})

test.each<[line: string, status: number]>([
  ['-c --password-file secret users bob', 0],
  ['-v --password-env GIVEN users bob', 0],
  ['-v --password-file long users bob', 5],
  ['--password-file secret --password-env GIVEN users bob', 2],
  ['--password-file secret -b users bob x', 2],
  ['--password-file secret --passwd=hunter2-secret users bob', 2],
  ['--password-env GIVEN -D users bob', 2],
  ['--password-env GIVEN -p missing bob', 1],
  ['--password-env LOST users bob', 2],
  ['--password-fd 98765 users bob', 1],
  ['--generate-to secret users bob', 1],
  ['serve users --demo --password-env GIVEN', 2],
  ['serve new --init --demo --password-env GIVEN --password-file secret', 2],
  ['serve new --init --demo --password-file long', 5],
  ['serve new --init --demo --password-file secret --upstream http://x:hunter2-secret@y', 2],
  // the wrong file
  ['serve users --demo --groups secret', 7],
  ['serve users --demo --rules secret', 7],
  ['group list secret', 7],
  ['rules users --rules secret --as bob GET /', 2],
])('the command holds none: htpasswd %s', async (line, status) => {
  const files = { secret: `${SECRET}\n`, long: SECRET.repeat(30), users: '' }
  await withFolder(files, async cwd => {
    await runBin(['-s', '--password-file', 'secret', 'users', 'bob'], { cwd })
    const env = { GIVEN: SECRET, LOST: `${SECRET}\ufffd` }
    const run = await runBin(line.split(' '), { cwd, env })
    expect(run).toMatchObject({ status, stdout: '' })
    expect(run.stderr).not.toMatch(secrets)
    expect(run.stderr).not.toBe('')
  })
})
