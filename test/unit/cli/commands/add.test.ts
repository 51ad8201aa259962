// add, passwd and remove on one password file: changes, output and errors.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { add } from '../../../../src/cli/commands/add.ts'
import { passwd } from '../../../../src/cli/commands/passwd.ts'
import { remove } from '../../../../src/cli/commands/remove.ts'
import type { Io } from '../../../../src/cli/terminal/io.ts'
import { hashPassword, verifyPassword } from '../../../../src/hash/hash-password.ts'
import { recordedIo } from '../../../support/recorded-io.ts'
import { withoutPrivateNote } from '../../../support/run.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'add-'))
  file = join(folder, 'users')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const sha = 'ann:{SHA}x\n'
const content = (): string => readFileSync(file, 'utf8')

/** FILE stands for the path, also in what is printed. */
async function call(
  command: (argv: readonly string[], io: Io) => Promise<number>,
  argv: string[],
  given: Parameters<typeof recordedIo>[0] = {},
) {
  const io = recordedIo(given)
  const status = await command(
    argv.map(argument => (argument === 'FILE' ? file : argument)),
    io,
  )
  return {
    status,
    out: io.said.out.replaceAll(file, 'FILE'),
    err: withoutPrivateNote(io.said.err).replaceAll(file, 'FILE'),
  }
}
const twice = (password: string) => ({ input: `${password}\n${password}\n` })

describe('add', () => {
  test('creates a missing file, with bcrypt of cost 12, asking twice', async () => {
    expect(await call(add, ['FILE', 'bob'], twice('correct horse'))).toEqual({
      status: 0,
      out: '',
      err: 'New password for bob: Re-type new password: Created FILE.\nAdded bob to FILE.\n',
    })
    const [, hash = ''] = content().trimEnd().split(':')
    expect(hash).toMatch(/^\$2y\$12\$/)
    expect(await verifyPassword('correct horse', hash)).toBe(true)
  })

  test('a service account: no password is asked for, and its record is another one each time', async () => {
    expect(await call(add, ['FILE', 'ci', '--service-account'])).toEqual({
      status: 0,
      out: '',
      err: 'Created FILE.\nAdded ci to FILE.\n',
    })
    const before = content()
    expect(before).toMatch(/^ci:\*[0-9A-Za-z]{22}\n$/)
    expect(await call(add, ['FILE', 'ci', '--service-account'])).toMatchObject({ status: 6 })
    rmSync(file)
    await call(add, ['FILE', 'ci', '--service-account'])
    expect(content()).not.toBe(before)
    expect(await call(add, ['FILE', 'bot', '--service-account', '--generate'])).toEqual({
      status: 2,
      out: '',
      err: 'htpasswd add: expected --service-account or --generate, got both\n',
    })
  })

  test('the file may be omitted: HTPASSWD_FILE', async () => {
    writeFileSync(file, sha)
    const env = { HTPASSWD_FILE: file, PW: 'short' }
    expect(await call(add, ['bob', '--password-env', 'PW', '--json'], { env })).toEqual({
      status: 0,
      out: '{"file":"FILE","user":"bob","done":"added","created":false}\n'.replace(
        '"FILE"',
        JSON.stringify(file).replaceAll(file, 'FILE'),
      ),
      err: 'Note: the password has fewer than 8 characters and is easy to guess.\n',
    })
    expect(content()).toMatch(/^ann:\{SHA\}x\nbob:\$2y\$12\$/)
  })

  test('at a terminal two different entries, and an empty one, are asked for again', async () => {
    const typed = ['one\rother\r', '\r\r', 'correct horse\rcorrect horse\r']
    const { status, err } = await call(add, ['FILE', 'bob'], { typed })
    expect(status).toBe(0)
    const asked = 'New password for bob: \nRe-type new password: \n'
    expect(err).toBe(
      `${asked}The two passwords differ; try again.\n${asked}Expected a password, got an empty one; try again.\n` +
        `${asked}Created FILE.\nAdded bob to FILE.\n`,
    )
  })

  test('a generated password is printed alone on standard output', async () => {
    const { out, err } = await call(add, ['FILE', 'bob', '--generate', 'words'])
    expect(out).toMatch(/^[a-z]+(-[a-z]+){5}\n$/)
    expect(err).toBe('Created FILE.\nAdded bob to FILE.\n')
  })

  test.each<[string[], object, number, string]>([
    [[], {}, 2, 'expected [FILE] USER, got nothing'],
    [
      ['FILE', 'a', 'b'],
      {},
      2,
      'expected [FILE] USER, got 3 arguments; the password is not among them: it is asked for, or comes from --password-file, --password-env or --generate',
    ],
    [['FILE', 'ann'], {}, 6, 'ann is in FILE already; to change the password: htpasswd passwd FILE ann'],
    [['FILE', 'a:b'], {}, 6, "username contains illegal character ':'"],
    [['FILE', 'bob'], { input: 'one\ntwo\n' }, 3, 'the two passwords differ; nothing was changed'],
    [['FILE', 'bob'], { input: '\n\n' }, 2, 'expected a password, got an empty one; nothing was changed'],
    [['FILE', 'bob'], {}, 4, 'no password was given; nothing was changed'],
    [
      ['FILE', 'bob', '--generate', '--json'],
      {},
      2,
      '--json needs --generate-to FILE for the generated password',
    ],
  ])('%j is refused', async (argv, given, status, message) => {
    writeFileSync(file, sha)
    const run = await call(add, argv, given)
    expect(run).toMatchObject({ status, out: '' })
    expect(run.err.replace('New password for bob: Re-type new password: ', '')).toMatch(
      new RegExp(`(^|: )htpasswd add: ${message.replace(/[[\]]/g, '\\$&')}\\n$`),
    )
    expect(content()).toBe(sha)
  })
})

describe('passwd', () => {
  test('changes the password; what was weak becomes bcrypt of cost 12', async () => {
    writeFileSync(file, sha)
    const env = { PW: 'correct horse' }
    expect(await call(passwd, ['FILE', 'ann', '--password-env', 'PW'], { env })).toEqual({
      status: 0,
      out: '',
      err: 'Changed the password of ann in FILE.\n',
    })
    expect(content()).toMatch(/^ann:\$2y\$12\$.{53}\n$/)
  })

  test('a strong record keeps its format and cost', async () => {
    const hash = await hashPassword('old one', { format: 'sha256crypt', rounds: 6000 })
    writeFileSync(file, `ann:${hash}\n`)
    await call(passwd, ['FILE', 'ann', '--password-env', 'PW'], { env: { PW: 'correct horse' } })
    expect(content()).toMatch(/^ann:\$5\$rounds=6000\$/)
    expect(content()).not.toContain(hash)
  })

  test('of someone who is not there names add, and asks for nothing', async () => {
    writeFileSync(file, sha)
    expect(await call(passwd, ['FILE', 'bob'])).toEqual({
      status: 6,
      out: '',
      err: 'htpasswd passwd: bob is not in FILE; to add this user: htpasswd add FILE bob\n',
    })
  })

  test('a missing file is not created', async () => {
    expect(await call(passwd, ['FILE', 'bob'])).toEqual({
      status: 1,
      out: '',
      err: 'htpasswd passwd: cannot read FILE: there is no such file; create it with: htpasswd add FILE NAME\n',
    })
    expect(existsSync(file)).toBe(false)
  })
})

describe('remove', () => {
  const three = 'ann:1\nbob:2\ncarol:3\n'

  test('takes out all who are named', async () => {
    writeFileSync(file, three)
    expect(await call(remove, ['FILE', 'ann', 'carol', 'ann'])).toEqual({
      status: 0,
      out: '',
      err: 'Removed ann, carol from FILE.\n',
    })
    expect(content()).toBe('bob:2\n')
    expect((await call(remove, ['FILE', 'bob', '--json'])).out).toMatch(/,"removed":\["bob"\]\}\n$/)
    expect(content()).toBe('')
  })

  test('all or none: someone who is not there is named, status 6', async () => {
    writeFileSync(file, three)
    expect(await call(remove, ['FILE', 'ann', 'zoe'])).toEqual({
      status: 6,
      out: '',
      err: 'htpasswd remove: zoe is not in FILE; nothing was changed\n',
    })
    expect(content()).toBe(three)
  })
})
