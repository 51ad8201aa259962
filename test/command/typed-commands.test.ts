// Commands that people type without having read the manual, and the response that they need: one a row.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { main } from '../../src/cli/main.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { recordedIo } from '../support/recorded-io.ts'
import { withoutPrivateNote } from '../support/run.ts'

const here = process.cwd()
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'typed-'))
  writeFileSync(join(folder, 'mlflow-authfile'), users)
  mkdirSync(join(folder, 'folder'))
  process.chdir(folder)
})
afterEach(() => {
  process.chdir(here)
  rmSync(folder, { recursive: true, force: true })
})

const users = 'admin:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=\nbob:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=\n'
const typed = 'correct horse\ncorrect horse\n'

/** The line without `htpasswd`, the status, and a part of the output. FILE stands for mlflow-authfile. */
const rows: readonly [line: string, status: number, answer: string | RegExp, input?: string][] = [
  // help
  ['', 2, 'For the other commands (serve, add, passwd, remove, list ...): htpasswd --help'],
  ['-h', 0, /^Usage:[\s\S]*htpasswd add/],
  ['help', 0, /^Usage:[\s\S]*htpasswd add/],
  ['help serve', 0, '--upstream'],
  ['help rm', 0, 'htpasswd remove [FILE] USER ...'],
  ['help chek', 2, 'did you mean: htpasswd help check'],
  ['-V', 0, /^htpasswd-kit \d/],
  ['version', 0, /^htpasswd-kit \d/],
  ['--version', 0, /^htpasswd-kit \d/],
  // users
  ['add FILE carol', 0, 'Added carol to FILE.', typed],
  ['add FILE bob', 6, 'to change the password: htpasswd passwd FILE bob'],
  ['add new carol', 0, 'Created new.\nAdded carol to new.', typed],
  ['add carol', 0, 'Created .htpasswd.\nAdded carol to .htpasswd.', typed],
  ['add', 2, 'expected [FILE] USER, got nothing'],
  ['add folder bob', 2, /folder is a folder; name a file in it, such as folder.\.htpasswd/],
  ['add bob FILE', 2, 'but FILE is a file and bob is not; write FILE first'],
  ['add FILE carol --generate', 0, /^\w{20}\n/],
  ['passwd FILE bob', 0, 'Changed the password of bob in FILE.', typed],
  ['passwd FILE carol', 6, 'to add this user: htpasswd add FILE carol'],
  ['remove FILE bob', 0, 'Removed bob from FILE.'],
  ['rm FILE admin bob', 0, 'Removed admin, bob from FILE.'],
  ['remove FILE carol', 6, 'carol is not in FILE; nothing was changed'],
  ['users FILE', 0, '2 users: 2 broken'],
  ['list FILE --names', 0, /^admin\nbob\n$/],
  ['list', 1, '.htpasswd: there is no such file; create it with: htpasswd add .htpasswd NAME'],
  ['users', 1, 'create it with: htpasswd add .htpasswd NAME'],
  ['rm bob', 1, 'create it with: htpasswd add .htpasswd NAME'],
  ['passwd nofile bob', 1, 'create it with: htpasswd add nofile NAME'],
  ['check nofile', 2, 'cannot read nofile: there is no such file'],
  ['check folder', 2, /cannot read folder: it is a folder/],
  ['import', 2, 'expected [FILE] SOURCE, got nothing'],
  ['import team.csv', 1, 'htpasswd import: cannot read team.csv: there is no such file'],
  // a first word that is neither a command nor a file
  ['serv', 2, 'did you mean: htpasswd serve [FILE] --upstream URL'],
  ['chek FILE', 1, 'did you mean: htpasswd check FILE'],
  ['lst FILE', 1, 'did you mean: htpasswd list FILE'],
  ['ls FILE', 1, 'did you mean: htpasswd list FILE'],
  ['ad FILE carol', 2, 'did you mean: htpasswd add FILE carol'],
  ['adduser FILE carol', 2, 'did you mean: htpasswd add FILE carol'],
  ['user add carol', 2, 'did you mean: htpasswd add carol'],
  ['delete FILE bob', 2, 'did you mean: htpasswd remove FILE bob'],
  ['update', 2, 'did you mean: htpasswd passwd [FILE] USER'],
  ['login', 2, 'did you mean: htpasswd -v FILE USER'],
  ['init', 2, 'did you mean: htpasswd serve --init'],
  ['logs', 2, 'did you mean: htpasswd service logs'],
  ['https', 2, 'did you mean: htpasswd serve --https'],
  ['bob FILE', 1, 'bob is not a file, but FILE is; the file comes first: htpasswd FILE bob'],
  ['-D bob FILE', 1, 'the file comes first: htpasswd FILE bob'],
  ['FILE add carol', 2, 'the command comes first: htpasswd add FILE carol'],
  ['-c bob FILE', 1, 'the file comes first: htpasswd FILE bob'],
  ['user carol', 1, 'did you mean: htpasswd add carol'],
  ['folder bob', 1, /^htpasswd: folder is a folder; name a file in it/],
  ['nofile bob', 1, /^htpasswd: cannot modify file nofile; use '-c' to create it\n$/],
  // serve
  ['serve', 2, 'expected the app to guard: --upstream http://127.0.0.1:5000'],
  ['serve FILE --upstreem http://127.0.0.1:5000', 2, 'unknown option --upstreem; did you mean --upstream?'],
  ['serve --upstream', 2, '--upstream needs URL'],
  ['serve -h', 0, '--upstream'],
]

test('there are at least 45', () => expect(rows.length).toBeGreaterThanOrEqual(45))

const changing = /^(add|passwd|remove|rm)\b/

test.each(rows)('htpasswd %s: status %i', async (line, status, answer, input = '') => {
  const io = recordedIo({ input, terminals: [0, 1, 2] })
  const argv = line.split(' ').filter(word => word !== '')
  const ended = await main(
    argv.map(word => (word === 'FILE' ? 'mlflow-authfile' : word)),
    io,
  )
  const output = withoutPrivateNote(io.said.out + io.said.err).replaceAll('mlflow-authfile', 'FILE')
  expect(output).toMatch(answer)
  expect({ status: ended, output }).toEqual({ status, output })
  // a mistake creates and changes nothing
  if (status === 0 && changing.test(line)) return
  expect(readdirSync('.').sort()).toEqual(['folder', 'mlflow-authfile'])
  expect(readFileSync('mlflow-authfile', 'utf8')).toBe(users)
})

test.each(commands.filter(({ name }) => name.length > 2))(
  'every way to mistype $name by one letter gets an answer that names it, or another command',
  async ({ name }) => {
    const typos = [...name].flatMap((letter, i) => [
      name.slice(0, i) + name.slice(i + 1),
      `${name.slice(0, i)}${letter}${letter}${name.slice(i + 1)}`,
      `${name.slice(0, i)}q${name.slice(i + 1)}`,
      `${name.slice(0, i)}${name[i + 1] ?? ''}${letter}${name.slice(i + 2)}`,
    ])
    for (const typo of new Set(typos)) {
      if (commands.some(command => [command.name, ...(command.aliases ?? [])].includes(typo))) continue
      const io = recordedIo()
      expect(await main([typo, 'nofile'], io)).toBe(1)
      expect(io.said.err).toMatch(
        /^htpasswd: \w+ is neither a command nor a file; did you mean: htpasswd [a-z-]/,
      )
    }
  },
)

test('a file with the name of a newer command is updated as before; an older command wins', async () => {
  for (const name of ['users', 'add', 'list']) writeFileSync(name, users)
  const run = async (...argv: string[]) => {
    const io = recordedIo({ input: typed })
    return { status: await main(argv, io), ...io.said }
  }
  expect((await run('users', 'bob')).err).toContain('Updating password for user bob')
  expect((await run('add', 'carol')).err).toContain('Adding password for user carol')
  expect((await run('users', 'mlflow-authfile')).out).toContain('2 users')
  expect((await run('list', 'nofile')).err).toMatch(
    /^htpasswd list: cannot read nofile: there is no such file;/,
  )
})

test('-c at a terminal keeps a file with users, and says how many; elsewhere it does not', async () => {
  const io = recordedIo({ terminals: [2] })
  expect(await main(['-cbs', 'mlflow-authfile', 'carol', 'pw'], io)).toBe(0)
  expect(io.said.err).toBe(
    'mlflow-authfile had 2 users; the old file is kept as mlflow-authfile.bak\nAdding password for user carol\n',
  )
  expect(readFileSync('mlflow-authfile.bak', 'utf8')).toBe(users)
  const script = recordedIo()
  expect(await main(['-cbs', 'mlflow-authfile', 'dave', 'pw'], script)).toBe(0)
  expect(script.said.err).toBe('Adding password for user dave\n')
  expect(readdirSync('.').sort()).toEqual(['folder', 'mlflow-authfile', 'mlflow-authfile.bak'])
})

test('an update without a letter keeps a strong record strong; a long option makes bcrypt of cost 12', async () => {
  const strong = await hashPassword('old', { cost: 10 })
  writeFileSync('f', `ann:${strong}\nbob:${strong.replace('$10$', '$05$')}\n`)
  const run = (...argv: string[]) => main(argv, recordedIo())
  await run('-b', 'f', 'ann', 'pw')
  await run('-b', 'f', 'bob', 'pw')
  await run('-b', 'f', 'carol', 'pw')
  await run('--generate-to', 'made', 'f', 'dave')
  await run('-b', '-5', 'f', 'ann2', 'pw')
  const hashes = readFileSync('f', 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => line.replace(/^(\w+:\$\w+\$(?:\d\d\$)?).*/, '$1'))
  expect(hashes).toEqual(['ann:$2y$10$', 'bob:$apr1$', 'carol:$apr1$', 'dave:$2y$12$', 'ann2:$6$'])
  expect(readFileSync('f', 'utf8')).not.toContain(strong)
})
