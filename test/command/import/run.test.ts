// The command: what it writes, says and refuses, and that a file is as it was whenever something is wrong.
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importCommand } from '../../../src/cli/commands/import/run.ts'
import { parseHtpasswd } from '../../../src/document/document.ts'
import { verifyPassword } from '../../../src/hash/hash-password.ts'
import { identify } from '../../../src/hash/registry.ts'
import { eventually, findProgram, skipReason, startProgram } from '../../support/outside-program.ts'
import { recordedIo } from '../../support/recorded-io.ts'
import { type Files, readFolder, run, runBin, withFolder } from '../../support/run.ts'

const SHA = '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='
const OTHER = '{SHA}w3QkzGJswDXW5OKZHAJw0FELjfM='
const PASSWORD = 'over the hills'
const bin = new URL('../../../bin/htpasswd.js', import.meta.url).pathname

interface Result {
  readonly status: number
  readonly out: string
  readonly err: string
  readonly files: Files
}

/** Runs it in a folder with the files; words that are names of files there, or begin with ./, are paths in it. */
function call(
  words: readonly string[],
  files: Files = {},
  input = '',
  terminals: number[] = [],
): Promise<Result> {
  return withFolder(files, async folder => {
    const io = recordedIo({ input, terminals, env: { HTPASSWD_FILE: join(folder, 'default') } })
    const argv = words.map(word => (word.startsWith('./') ? join(folder, word) : word))
    const status = await importCommand(argv, io)
    const [out, err] = [io.said.out, io.said.err].map(text => text.replaceAll(`${folder}/`, '')) as [
      string,
      string,
    ]
    return { status, out, err, files: readFolder(folder) }
  })
}

test('hashes are taken as they are, to the end of the file', async () => {
  const users = `# ours\nann:${OTHER}\n`
  expect(await call(['./users'], { users }, `bob:${SHA}\ncarol:${SHA}\n`)).toEqual({
    status: 0,
    out: '',
    err: '2 users added\n',
    files: { users: `${users}bob:${SHA}\ncarol:${SHA}\n` },
  })
})

test('passwords are hashed as it is said, from a file', async () => {
  const { status, err, files } = await call(['./users', './new.csv', '--cost', '4'], {
    'new.csv': `user,password\nalice,"${PASSWORD}"\n`,
  })
  expect({ status, err }).toEqual({ status: 0, err: 'created users\n1 user added\n' })
  const hash = parseHtpasswd(files.users ?? '').get('alice') ?? ''
  expect(identify(hash)).toMatchObject({ format: 'bcrypt', cost: 4 })
  expect(await verifyPassword(PASSWORD, hash)).toBe(true)
})

test.each([
  [['--hash', 'sha512crypt', '--rounds', '1000'], { format: 'sha512crypt', rounds: 1000 }],
  [['--hash', 'apr1'], { format: 'apr1' }],
])('%j', async (options, expected) => {
  const { files } = await call(['./users', ...options], {}, `alice:${PASSWORD}`)
  expect(identify(parseHtpasswd(files.users ?? '').get('alice') ?? '')).toMatchObject(expected)
})

const there = { users: `ann:${OTHER}\n` }
test.each([
  ['skip', `ann:${OTHER}\nbob:${SHA}\n`, '1 user added, 1 skipped (they exist already)\n'],
  ['update', `ann:${SHA}\nbob:${SHA}\n`, '1 user added, 1 updated\n'],
])('--on-conflict %s', async (policy, users, err) => {
  const result = await call(['./users', '--on-conflict', policy], there, `ann:${SHA}\nbob:${SHA}\n`)
  expect(result).toEqual({ status: 0, out: '', err, files: { users } })
})

describe('nothing is written', () => {
  const headline = (rows: string) => `htpasswd import: ${rows} cannot be imported; nothing was changed\n`

  test.each<[string, string[], Files, string, number, string | RegExp]>([
    [
      'a user who is there',
      ['./users'],
      there,
      `bob:${SHA}\nann:${SHA}\n`,
      6,
      `${headline('1 row')}  line 2: ann: the user exists already\n`,
    ],
    [
      'bad names only',
      ['./users'],
      there,
      `\x01bob:${SHA}\nann:${SHA}`,
      6,
      /control character U\+0001\n {2}line 2: ann/,
    ],
    [
      'a bad row',
      ['./users'],
      there,
      `ann:${SHA}\nbob\n`,
      7,
      /line 1: ann: .*\n {2}line 2: expected "user:password"/,
    ],
    [
      'no password',
      ['./users'],
      there,
      'bob:\n',
      7,
      /bob: expected a password or a hash, got neither; --generate makes one/,
    ],
    [
      'a password file that is none',
      ['./users'],
      { users: 'what is this' },
      `bob:${SHA}`,
      7,
      /does not appear to be a valid/,
    ],
    [
      'no SOURCE',
      ['./users', './none.csv'],
      there,
      '',
      1,
      /^htpasswd import: cannot read none.csv: there is no such file/,
    ],
    ['no folder', ['./none/users'], there, `bob:${SHA}`, 1, /cannot create file none\/users/],
    ['an empty pipe into the default file', [], there, '', 0, /^Note: standard input has no users/],
    ['a word too many', ['a', 'b', 'c'], there, '', 2, /got a b c\n$/],
    [
      'a cost of another format',
      ['./users', '--hash', 'apr1', '--cost', '5'],
      there,
      '',
      2,
      /"cost" expected a format that has it/,
    ],
    [
      '--json and passwords to print',
      ['./users', '--json', '--generate'],
      there,
      '',
      2,
      /--json needs --generate-to FILE/,
    ],
    [
      '--generate-to of a file that is there',
      ['./users', '--generate-to', './made'],
      { ...there, made: 'mine' },
      'bob:',
      1,
      /--generate-to expected a new file, got made, which exists; nothing was changed/,
    ],
    [
      '--dry-run',
      ['./users', '--dry-run'],
      there,
      `bob:${PASSWORD}`,
      0,
      '1 user would be added\ndry run: nothing was written\n',
    ],
    ['--dry-run of a new file', ['./new', '--dry-run'], there, `bob:${SHA}`, 0, /^would create new\n/],
    [
      '--dry-run and conflicts',
      ['./users', '--dry-run'],
      there,
      `ann:${SHA}`,
      6,
      /ann: the user exists already/,
    ],
    [
      '--dry-run and passwords',
      ['./users', '--dry-run', '--generate-to', './made'],
      there,
      'bob:',
      0,
      /^1 user would/,
    ],
  ])('%s', async (_what, words, files, input, status, err) => {
    const result = await call(words, files, input)
    if (typeof err === 'string') expect(result.err).toBe(err)
    else expect(result.err).toMatch(err)
    expect(result).toMatchObject({ status, out: '', files })
  })

  test('twenty mistakes are listed, and no secret of any row', async () => {
    const input = Array.from({ length: 30 }, (_, i) => `u${i}:{SHA}${PASSWORD}\n`).join('')
    const { err, status } = await call(['./users'], {}, input)
    expect({ status, lines: err.trimEnd().split('\n').length }).toEqual({ status: 7, lines: 22 })
    expect(err).toMatch(/ {2}and 10 more\n$/)
    expect(err).not.toContain('hills')
  })
})

describe('generated passwords', () => {
  const input = `bob:\ncarol:${SHA}\ndave:\n`
  const verified = async (lines: string, users: string): Promise<string[]> => {
    const names = []
    for (const [user = '', password = ''] of lines
      .trimEnd()
      .split('\n')
      .map(line => line.split(':')))
      if (await verifyPassword(password, parseHtpasswd(users).get(user) ?? '')) names.push(user)
    return names
  }

  test('are printed once, after the report', async () => {
    const { status, out, err, files } = await call(['./users', '--generate', '--cost', '4'], {}, input)
    expect({ status, err }).toEqual({ status: 0, err: 'created users\n3 users added\n' })
    expect(out).toMatch(/^bob:\w{20}\ndave:\w{20}\n$/)
    expect(await verified(out, files.users ?? '')).toEqual(['bob', 'dave'])
  })

  test('go to a new file, with --json as well', async () => {
    const words = ['./users', '--generate', 'words', '--generate-to', './made', '--cost', '4', '--json']
    const { status, out, err, files } = await call(words, {}, input)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(JSON.parse(out)).toMatchObject({ made: true, added: 3, updated: 0, skipped: 0 })
    expect(JSON.parse(out).users).toEqual(['bob', 'carol', 'dave'].map(user => ({ user, done: 'added' })))
    expect(files.made).toMatch(/^bob:(\w+-){5}\w+\ndave:/)
    expect(await verified(files.made ?? '', files.users ?? '')).toEqual(['bob', 'dave'])
  })

  test.skipIf(process.platform === 'win32')(
    'that file is for its owner alone, and made only where it is needed',
    async () => {
      await withFolder({}, async folder => {
        const io = () => recordedIo({ input: 'bob:' })
        await importCommand(
          [join(folder, 'users'), '--generate-to', join(folder, 'made'), '--cost', '4'],
          io(),
        )
        expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o600)
      })
      const { files } = await call(['./users', '--generate-to', './made'], {}, `bob:${SHA}`)
      expect(Object.keys(files)).toEqual(['users'])
    },
  )

  test('are not made for users who stay as they are', async () => {
    const words = ['./users', '--generate', '--on-conflict', 'skip', '--cost', '4']
    const { out } = await call(words, there, 'ann:\nbob:\n')
    expect(out).toMatch(/^bob:\w{20}\n$/)
  })
})

test('progress is for a terminal, and leaves nothing there', async () => {
  const words = ['./users', '--cost', '4']
  const { err } = await call(words, {}, `bob:${PASSWORD}`, [2])
  expect(err).toBe('\r\x1b[Khashing: 100 %, 1 of 1, 0 s left\r\x1b[Kcreated users\n1 user added\n')
})

test('a long password is warned of, and a column that nothing reads is named', async () => {
  const { err } = await call(['./users', '--cost', '4'], {}, `user,password,mail\nbob,${'x'.repeat(73)},m\n`)
  expect(err).toBe(
    'columns that are ignored: mail\nWarning: bcrypt uses only the first 72 bytes of a password, and 1 is longer.\ncreated users\n1 user added\n',
  )
})

const apache = findProgram('htpasswd')
test.skipIf(skipReason({ "Apache's htpasswd": apache }))('Apache’s command lets them in', async () => {
  await withFolder({}, async folder => {
    const stdin = Buffer.from(`user;password\r\nalice;"${PASSWORD}"\r\njürgen;Jüterbog 1\r\n`)
    const imported = await runBin(['import', 'users', '-', '--cost', '5'], { cwd: folder, stdin })
    expect(imported).toEqual({ status: 0, stdout: '', stderr: 'created users\n2 users added\n' })
    for (const [user, password] of [
      ['alice', PASSWORD],
      ['jürgen', 'Jüterbog 1'],
    ] as const) {
      const { status, stderr } = await run(apache ?? '', ['-vi', 'users', user], {
        cwd: folder,
        stdin: password,
      })
      expect({ status, stderr: Buffer.from(stderr, 'latin1').toString() }).toEqual({
        status: 0,
        stderr: `Password for user ${user} correct.\n`,
      })
    }
  })
})

test.skipIf(process.platform === 'win32')(
  'Ctrl-C in the middle leaves the file as it was, and nothing beside it',
  async () => {
    await withFolder(there, async folder => {
      const rows = Array.from({ length: 8 }, (_, i) => `u${i}:${PASSWORD}\n`).join('')
      writeFileSync(join(folder, 'rows'), rows)
      const words = [bin, 'import', 'users', 'rows', '--cost', '15', '--generate-to', 'made']
      // in a terminal's stead: something is at work once the threads burn processor time
      await using program = startProgram(process.execPath, words, { cwd: folder })
      if (process.platform === 'linux') await untilBusy(program.process.pid ?? 0)
      const exit = once(program.process, 'exit')
      program.process.kill('SIGINT')
      expect(await exit).toEqual([null, 'SIGINT'])
      expect(readFolder(folder)).toEqual({ ...there, rows })
    })
  },
)

/** Until a process has used a second of processor time, which the start takes less of. */
const untilBusy = (pid: number): Promise<true> =>
  eventually('a process at work', () => {
    const [, text = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    const fields = text.split(' ')
    return Number(fields[11]) + Number(fields[12]) > 100 || undefined
  })

test('an empty source gets a note, and a terminal is told what is read', async () => {
  expect(await call(['./users'], { users: '' })).toMatchObject({
    status: 0,
    err: 'Note: standard input has no users.\n0 users added\n',
  })
  expect((await call(['./users', './empty.csv'], { users: '', 'empty.csv': '\n' })).err).toMatch(
    /^Note: .*empty\.csv has no users\.\n/,
  )
  expect((await call(['./users'], {}, `bob:${SHA}\n`, [0])).err).toBe(
    'reading names from the keyboard, end with Ctrl-D\ncreated users\n1 user added\n',
  )
})

test('FILE is omitted: a lone .csv or "-" is SOURCE, any other name is FILE', async () => {
  const csv = { 'team.csv': `user,hash\nbob,${SHA}\n` }
  const added = { ...csv, default: `bob:${SHA}\n` }
  expect(await call(['./team.csv'], csv)).toMatchObject({ status: 0, files: added })
  expect(await call(['-'], csv, `bob:${SHA}`)).toMatchObject({ status: 0, files: added })
  expect(await call([], csv, `bob:${SHA}`)).toMatchObject({ status: 0, files: added })
  expect(await call(['./users'], csv, `bob:${SHA}`)).toMatchObject({
    status: 0,
    files: { ...csv, users: `bob:${SHA}\n` },
  })
})
