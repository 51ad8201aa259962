// HTPASSWD_USERS: users without a file, as `htpasswd export --for compose` writes them.
import { expect, test } from 'vitest'
import { EndedList } from '../../../src/auth/sessions/ended-sessions.ts'
import { environmentUsers } from '../../../src/cli/commands/serve/login/environment-users.ts'
import { signInOf } from '../../../src/cli/commands/serve/login/sessions.ts'
import { openUsers } from '../../../src/cli/commands/serve/login/users.ts'
import { parseServe } from '../../../src/cli/commands/serve/request.ts'

const BOB = '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='
const env = { HTPASSWD_USERS: `bob:${BOB}\nann:!` }

test('the lines are the users', async () => {
  const { file, userLines } = parseServe(['--demo'], env)
  await using users = await openUsers(file, userLines)
  expect(users.path).toBe('HTPASSWD_USERS')
  expect(users.users()).toEqual(['bob', 'ann'])
  expect(users.get('bob')).toBe(BOB)
  expect(users.hashSample()).toBe(users.hashSample())
  expect(await users.reload()).toBe(false)
  users.watch()[Symbol.dispose]()
})

test.each([
  [
    ['users', '--demo'],
    env,
    'HTPASSWD_USERS has the users, and users is a file of users; give one of the two',
  ],
  [['--demo'], { ...env, HTPASSWD_FILE: 'a' }, 'HTPASSWD_USERS has the users, and a is a file of users'],
  [['--demo', '--init'], env, '--init creates a file of users, and HTPASSWD_USERS has them already'],
])('%j with the variable is refused', (argv, environment, message) => {
  expect(() => parseServe(argv, environment)).toThrow(message)
})

test('an empty variable is none', () => {
  expect(parseServe(['users', '--demo'], { HTPASSWD_USERS: '' }).file).toBe('users')
})

test.each([
  ['bob:$$2y$$05$$secret', 'only a compose file needs $$ in place of $'],
  ['bob', 'HTPASSWD_USERS expected a line NAME:HASH for each user'],
  ['# nobody', 'HTPASSWD_USERS has no users'],
  ['bob:plain-secret', 'HTPASSWD_USERS has no user who can log in'],
])('%s is refused without its hashes in the message', async (lines, message) => {
  const error: Error = await openUsers('HTPASSWD_USERS', lines).then(
    () => expect.fail('was accepted'),
    error => error,
  )
  expect(error.message).toContain(message)
  expect(error.message).not.toContain('secret')
})

test('the account page cannot change passwords or create tokens: there is no file to write', async () => {
  const request = parseServe(['--demo', '--login'], env)
  const { options } = await signInOf(
    request,
    () => ['s'.repeat(32)],
    new EndedList(Date.now),
    () => {},
  )
  expect(options.file).toBeUndefined()
  expect(environmentUsers(`bob:${BOB}`).size).toBe(1)
})
