// The table and the JSON of `htpasswd list`, and its statuses.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { list } from '../../../../src/cli/commands/list.ts'
import { recordedIo } from '../../../support/recorded-io.ts'
import { withFolder } from '../../../support/run.ts'

const BCRYPT = `$2y$12$${'a'.repeat(21)}e${'b'.repeat(30)}C`
const APR1 = '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/'
const text = [
  '# the lab',
  `alice:${BCRYPT}`,
  `bob:${APR1}:third`,
  `carol:$5$rounds=9000$saltstringsaltst$${'x'.repeat(43)}`,
  'dave:ZU7Rz3XGxvpq6',
  'eve:hunter2',
  'fred:!',
  `alice:${APR1}`,
  'gus:$y$j9T$abc$def',
  `hal:${APR1.slice(0, -1)}`,
  '',
].join('\n')

function call(words: readonly string[], surroundings: Parameters<typeof recordedIo>[0] = {}, content = text) {
  return withFolder({ users: content }, async folder => {
    const io = recordedIo(surroundings)
    const status = await list(
      words.map(word => (word === 'users' ? join(folder, word) : word)),
      io,
    )
    return { status, out: io.said.out, err: io.said.err.replaceAll(join(folder, 'users'), 'users') }
  })
}

test('a table of all users, with counts at the end', async () => {
  expect(await call(['users'])).toEqual({
    status: 0,
    err: '',
    out: `USER   FORMAT            COST  STRENGTH  LINE
alice  bcrypt            12    strong    2
bob    apr1                    weak      3
carol  sha256crypt       9000  strong    4
dave   des                     broken    5
eve    plaintext               broken    6
fred   locked                  -         7
alice  apr1                    weak      8 (duplicate of line 2)
gus    unknown yescrypt        -         9
hal    damaged apr1            -         10
8 users: 2 strong, 1 weak, 2 broken, 3 who cannot log in
`,
  })
})

test.each([
  [['users', 'a*'], ['alice', 'alice'], 0],
  [['users', '?a*'], ['carol', 'dave', 'hal'], 0],
  [['users', 'bob'], ['bob'], 0],
  [['users', 'bo'], [], 6],
  [['users', 'b.b'], [], 6],
  [['users', '--weak'], ['bob', 'dave', 'eve', 'alice'], 0],
  [['users', 'c*', '--weak'], [], 0],
])('%j lists %j with status %i', async (words, users, expected) => {
  const { status, out } = await call(words)
  const rows = out.split('\n').filter(line => /^\w+ +\S+.*\d/.test(line) && !/^\d/.test(line))
  expect(rows.map(row => row.split(' ')[0])).toEqual(users)
  expect(status).toBe(expected)
})

test('JSON has the same and no hash', async () => {
  const { out } = await call(['users', '--json'])
  const { users, counts, file } = JSON.parse(out)
  expect(file).toMatch(/users$/)
  expect(users[0]).toEqual({
    user: 'alice',
    line: 2,
    state: 'usable',
    format: 'bcrypt',
    variant: '2y',
    cost: 12,
    strength: 'strong',
  })
  expect(users[6]).toMatchObject({ user: 'alice', duplicateOf: 2 })
  expect(counts).toEqual({ users: 8, strong: 2, weak: 1, broken: 2, unusable: 3 })
  for (const secret of [BCRYPT, APR1.slice(-10), 'hunter2']) expect(out).not.toContain(secret)
})

test('strength is coloured at a terminal', async () => {
  const { out } = await call(['users', 'dave'], { terminals: [1] })
  expect(out).toContain('\x1b[31mbroken  \x1b[39m')
})

test('a name cannot control the terminal, and a long one shifts only its own row', async () => {
  const long = 'x'.repeat(60)
  const { out } = await call(['users'], {}, `a\x1b[2Jb:!\n${long}:!\nj\xc3\xb6rg:!\nst\xffray:!\n`)
  expect(out).toContain('a\\x1b[2Jb ')
  expect(out).toContain('st\\xffray ')
  expect(out).toContain(`jörg${' '.repeat(36)}  locked`)
})

test('of very many users all are listed, under one header', async () => {
  const { out } = await call(['users'], {}, Array.from({ length: 10_050 }, (_, i) => `user${i}:!\n`).join(''))
  const lines = out.split('\n')
  expect(lines.filter(line => line.startsWith('USER'))).toHaveLength(1)
  expect([lines[1], lines[10_000], lines[10_001], lines[10_050]].map(line => line?.split(' ')[0])).toEqual([
    'user0',
    'user9999',
    'user10000',
    'user10049',
  ])
  expect(lines[10_051]).toBe('10050 users: 10050 who cannot log in')
})

test('--names prints each name once, and nothing else', async () => {
  const text = 'ann:x\n# c:x\nj\xc3\xb6rg:y\nann:z\n'
  expect(await call(['users', '--names'], {}, text)).toEqual({ status: 0, out: 'ann\njörg\n', err: '' })
  expect((await call(['users', 'j*', '--names'], {}, text)).out).toBe('jörg\n')
})

test('an empty file has no table', async () => {
  expect(await call(['users'], {}, '')).toEqual({ status: 0, out: '0 users\n', err: '' })
})

test.each([
  [['users', '--names', '--json'], 2, '--names and --json exclude each other'],
  [
    ['users', 'a', 'b'],
    2,
    'expected a password file and at most one pattern, got 3 arguments; quote a pattern: "a*"',
  ],
  [['users', '--wek'], 2, 'unknown option --wek; did you mean --weak?'],
  [['none'], 1, 'cannot read none: there is no such file; create it with: htpasswd add none NAME'],
])('%j ends with %i', async (words, status, message) => {
  expect(await call(words)).toEqual({ status, out: '', err: `htpasswd list: ${message}\n` })
})

test('UTF-16: the message names the fix', async () => {
  const { status, err } = await call(['users'], {}, '\xff\xfea\0:\0!\0')
  expect({ status, err }).toEqual({ status: 7, err: expect.stringContaining('htpasswd fix FILE') })
})

test.each([
  ['alice:Private:5d41402abc4b2a76b9719d911017c592\n', 'a digest file'],
  ['admins: alice bob\n', 'a group file'],
])('%j is refused: it has no users to list', async (content, kind) => {
  const { status, out, err } = await call(['users'], {}, content)
  expect({ status, out, err }).toEqual({ status: 7, out: '', err: expect.stringContaining(kind) })
})

test.each([
  ['*a*b*c', 'xaxbxc', true],
  ['*a*b*c', 'xaxbxcx', false],
  ['a**', 'a', true],
  ['?', '\u{1f511}', true],
  ['*', '', true],
  ['', 'a', false],
  ['a?c', 'a*c', true],
  ['a.c', 'abc', false],
])('the pattern %j and the name %j: %j', async (pattern, name, matches) => {
  const { status } = await call(['users', pattern], {}, Buffer.from(`${name}:!\n`).toString('latin1'))
  expect(status).toBe(matches ? 0 : 6)
})
