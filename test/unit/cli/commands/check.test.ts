// The report of `htpasswd check`, for people and as JSON, and its statuses.
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { check } from '../../../../src/cli/commands/check.ts'
import { recordedIo } from '../../../support/recorded-io.ts'
import { withFolder } from '../../../support/run.ts'

const APR1 = '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/'

function call(
  text: string,
  words: readonly string[] = [],
  { mode = 0o644, platform = process.platform } = {},
) {
  return withFolder({ users: text }, async folder => {
    chmodSync(join(folder, 'users'), mode)
    const io = recordedIo({ platform })
    const status = await check([join(folder, 'users'), ...words], io)
    const shown = (said: string) => said.replaceAll(join(folder, 'users'), 'users')
    return { status, out: shown(io.said.out), err: shown(io.said.err) }
  })
}

test('a correct file', async () => {
  expect(await call(`ann:${APR1}\n`)).toEqual({ status: 0, out: '0 problems\n', err: '' })
})

test('every problem has its line, its meaning and a fix', async () => {
  const text = `\xef\xbb\xbfann:${APR1}\r\nbob:${APR1}:x\r\nbob:!\r\neve:hunter2`
  expect(await call(text)).toEqual({
    status: 1,
    err: '',
    out: `users:1: a UTF-8 byte order mark: Apache, nginx and most others read it as part of the first name
    fix: htpasswd fix users
users:1: note: Windows newlines (CRLF): Apache and nginx read them, Envoy does not
    fix: htpasswd fix users
users:3: bob: duplicate of line 2, which Apache and nginx use
    fix: htpasswd fix users
users:3: note: bob: locked: the user cannot log in
    fix: set a password to unlock it: htpasswd passwd users bob
users:4: no newline at the end: other tools append the next user to this line
    fix: htpasswd fix users
users:4: eve: plain text instead of a hash: everyone who can read the file has the password
    fix: htpasswd passwd users eve
4 problems, 2 notes; htpasswd fix users repairs 4 of them
`,
  })
})

test('notes do not count as problems', async () => {
  expect(await call(`ann:${APR1}\r\n`)).toMatchObject({ status: 0 })
})

test('--for: who cannot log in there, and what to do', async () => {
  const { status, out } = await call(`ann:${APR1}\nbob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n`, [
    '--for',
    'oauth2-proxy',
  ])
  expect(status).toBe(1)
  expect(out).toContain(
    'users:1: ann: cannot log in there: oauth2-proxy checks bcrypt, sha1, not apr1; ' +
      'if it is the last record, the whole file is refused\n    fix: htpasswd -B -C 12 users ann\n',
  )
  expect(out).toContain('oauth2-proxy: 1 record cannot log in\n')
})

test.each([
  ['nginx', 'nginx: every user can log in'],
  ['envoy', 'Envoy refuses this file, so nobody can log in there'],
])('--for %s: the last line sums up', async (server, line) => {
  const { out } = await call(`ann:${APR1}\n`, ['--for', server])
  expect(out.trimEnd().split('\n').at(-1)).toBe(line)
})

test('{SHA} is not a problem at a server that checks nothing else', async () => {
  const text = 'bob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n'
  expect([await call(text), await call(text, ['--for', 'envoy'])]).toMatchObject([
    { status: 1 },
    { status: 0 },
  ])
})

test.skipIf(process.platform === 'win32')('a file that others can write', async () => {
  const { status, out } = await call(`ann:${APR1}\n`, [], { mode: 0o666 })
  expect(status).toBe(1)
  expect(out).toContain('users: users has mode 666: every user of this machine can write it and so log in\n')
  expect(out).toContain('    fix: chmod go-w users\n')
})

test('JSON is one document without secrets', async () => {
  const { status, out } = await call(`ann:hunter2\nbob:!\n`, ['--json', '--for', 'nginx-windows'])
  const { file, for: server, problems, counts } = JSON.parse(out)
  expect({ status, file, server }).toEqual({ status: 1, file: 'users', server: 'nginx-windows' })
  expect(problems[0]).toEqual({
    code: 'plaintext',
    line: 1,
    user: 'ann',
    severity: 'problem',
    message: 'plain text instead of a hash: everyone who can read the file has the password',
    fix: 'htpasswd -m FILE USER',
    mend: 'htpasswd -m FILE USER',
  })
  expect(counts).toEqual({ problems: 2, notes: 1, fixable: 0, keptOut: 1, refused: false })
  expect(out).not.toContain('hunter2')
})

test.each([
  [
    'a missing file',
    ['none'],
    'cannot read none: there is no such file; create it with: htpasswd add none NAME',
  ],
  [
    'two files',
    ['a', 'b'],
    'expected one password file, got 2 arguments; a password is verified with: htpasswd -v FILE USER',
  ],
])('%s: status 2', async (_name, words, message) => {
  const io = recordedIo()
  expect(await check(words, io)).toBe(2)
  expect(io.said).toEqual({ out: '', err: `htpasswd check: ${message}\n` })
})

test('--for with an unknown server lists those that are known', async () => {
  const { status, err } = await call('', ['--for', 'iis'])
  expect({ status, err }).toEqual({
    status: 2,
    err: expect.stringContaining('expected one of apache, apache-windows,'),
  })
})

test('--strength strong makes weak hashes problems, for a script that deploys the file', async () => {
  const apr1 = 'ann:$apr1$abcdefgh$ErTEbPtDG8sGDe7vAaG2W0\n'
  expect((await call(apr1)).status).toBe(0)
  const { status, out } = await call(apr1, ['--strength', 'strong'])
  expect(status).toBe(1)
  expect(out).toContain('ann: apr1 is fast to guess')
})

test('--groups lists members who are no users, and a group file that cannot be read is no result', async () => {
  await withFolder({ users: `ann:${APR1}\n`, groups: 'viewers: guest\nempty:\n' }, async folder => {
    const [users, groups] = ['users', 'groups'].map(name => join(folder, name)) as [string, string]
    const io = recordedIo()
    expect(await check([users, '--groups', groups], io)).toBe(1)
    expect(io.said.out).toContain(
      `${groups}:1: guest in group viewers is no user of the password file\n` +
        `    fix: htpasswd group remove ${groups} viewers guest, or add the user to ${users}\n` +
        `${groups}:2: note: group empty has no members\n`,
    )
    expect(io.said.out).toContain('1 problem, 1 note')
    const json = recordedIo()
    await check([users, '--groups', groups, '--json'], json)
    expect(JSON.parse(json.said.out)).toMatchObject({
      problems: [],
      groups: {
        file: groups,
        problems: [
          { code: 'group-member', line: 1 },
          { code: 'empty-group', line: 2 },
        ],
      },
      counts: { problems: 1, notes: 1 },
    })
    expect(await check([users, '--groups', join(folder, 'none')], recordedIo())).toBe(2)
  })
})
