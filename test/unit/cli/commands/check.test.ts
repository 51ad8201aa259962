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

test('a file as it should be', async () => {
  expect(await call(`ann:${APR1}\n`)).toEqual({ status: 0, out: '0 problems\n', err: '' })
})

test('every problem has its line, its meaning and its remedy', async () => {
  const text = `\xef\xbb\xbfann:${APR1}\r\nbob:${APR1}:x\r\nbob:!\r\neve:hunter2`
  expect(await call(text)).toEqual({
    status: 1,
    err: '',
    out: `users:1: a UTF-8 byte order mark: Apache, nginx and most others take it for part of the first name
    mend: htpasswd fix users
users:1: note: lines end as on Windows (CRLF): Apache and nginx read them, Envoy does not
    mend: htpasswd fix users
users:3: bob: already in line 2, which is the one that counts for Apache and nginx
    mend: htpasswd fix users
users:3: note: bob: locked: nobody can log in
    mend: set a password to unlock it: htpasswd -B -C 12 users bob
users:4: no line end at the end: other tools join the next user to it
    mend: htpasswd fix users
users:4: eve: plain text in place of a hash: whoever reads the file has the password
    mend: htpasswd -B -C 12 users eve
4 problems, 2 notes; htpasswd fix users mends 4 of them
`,
  })
})

test('notes alone are no problem', async () => {
  expect(await call(`ann:${APR1}\r\n`)).toMatchObject({ status: 0 })
})

test('for a server, whom it keeps out and what to do', async () => {
  const { status, out } = await call(`ann:${APR1}\nbob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n`, [
    '--for',
    'oauth2-proxy',
  ])
  expect(status).toBe(1)
  expect(out).toContain(
    'users:1: ann: cannot log in there: oauth2-proxy takes bcrypt, sha1, not apr1; ' +
      'if it is the last record, the whole file is refused\n    mend: htpasswd -B -C 12 users ann\n',
  )
  expect(out).toContain('oauth2-proxy does not let 1 record in\n')
})

test.each([
  ['nginx', 'nginx lets every user in'],
  ['envoy', 'Envoy refuses this file, so nobody gets in there'],
])('the last line answers for %s', async (target, line) => {
  const { out } = await call(`ann:${APR1}\n`, ['--for', target])
  expect(out.trimEnd().split('\n').at(-1)).toBe(line)
})

test('{SHA} is no problem where a server knows nothing else', async () => {
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
  expect(out).toContain('    mend: chmod go-w users\n')
})

test('JSON is one document without secrets', async () => {
  const { status, out } = await call(`ann:hunter2\nbob:!\n`, ['--json', '--for', 'nginx-windows'])
  const { file, for: target, problems, counts } = JSON.parse(out)
  expect({ status, file, target }).toEqual({ status: 1, file: 'users', target: 'nginx-windows' })
  expect(problems[0]).toEqual({
    code: 'plain-text',
    line: 1,
    user: 'ann',
    severity: 'problem',
    message: 'plain text in place of a hash: whoever reads the file has the password',
    mend: 'htpasswd -m FILE USER',
  })
  expect(counts).toEqual({ problems: 2, notes: 1, fixable: 0, keptOut: 1, refused: false })
  expect(out).not.toContain('hunter2')
})

test.each([
  ['a missing file', ['none'], 'cannot read none: expected a password file, got none'],
  ['no file', [], 'expected one password file, got none'],
  ['two files', ['a', 'b'], 'expected one password file, got a b'],
])('%s is trouble, which is no answer', async (_name, words, message) => {
  const io = recordedIo()
  expect(await check(words, io)).toBe(2)
  expect(io.said).toEqual({ out: '', err: `htpasswd check: ${message}\n` })
})
