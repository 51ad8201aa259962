// What can stand at the cursor, decided once for all shells.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { classicOptions } from '../../../../../src/cli/apache/grammar.ts'
import { candidates } from '../../../../../src/cli/commands/completion/candidates.ts'
import { commands } from '../../../../../src/cli/commands.ts'
import { withFolder } from '../../../../support/run.ts'

const complete = async (...argv: string[]) => {
  const { texts, paths } = await candidates(argv, commands)
  return { texts: texts.map(([text]) => text), paths }
}

test('the first argument is a command, a file or an option of Apache’s', async () => {
  expect(await complete('')).toEqual({ texts: commands.map(({ name }) => name), paths: true })
  const { texts, paths } = await complete('-')
  expect(paths).toBe(false)
  expect(texts).toEqual(
    expect.arrayContaining([...classicOptions.map(({ letter }) => `-${letter}`), '--generate', '--help']),
  )
})

test.each(commands)('$name completes all its options', async ({ name, load }) => {
  const { texts } = await complete(name, '-')
  expect(texts).toEqual(Object.keys((await load()).spec.options).map(option => `--${option}`))
})

test.each([
  [['serve', ''], [], true],
  [['serve', '--log', ''], ['text', 'json', 'combined', 'off'], false],
  [['serve', '--log='], ['--log=text', '--log=json', '--log=combined', '--log=off'], false],
  [['serve', '--tls-cert', ''], [], true],
  [['serve', '--tls-cert='], [], true],
  [['serve', '--realm', ''], [], false],
  [['serve', '--demo', ''], [], true],
  [['serve', 'users', '--', 'mlf'], [], true],
  [['service', ''], ['install', 'uninstall', 'start', 'stop', 'restart', 'logs', 'status'], false],
  [['service', 'install', ''], [], true],
  [['token', 'rebind', '--'], ['--tokens', '--json', '--help'], false],
  [['-B', ''], [], true],
  [['-C', ''], [], false],
  [['-nb', ''], [], false],
  [['-c', 'users', ''], [], false],
  [['--password-env', ''], [], false],
  [['--password-file', ''], [], true],
  [['--password-file='], [], true],
  [['--generate', ''], [], true],
  [['--generate', '24', ''], [], true],
  [['--constructor', ''], [], true],
])('%j: %j, paths %j', async (argv, texts, paths) => {
  expect(await complete(...argv)).toEqual({ texts, paths })
})

test('actions, and the commands behind help, are described', async () => {
  const described = async (name: string) => Object.fromEntries((await candidates([name, ''], commands)).texts)
  expect(await described('sessions')).toEqual({ end: 'end all sessions of a user; the password stays' })
  expect((await described('group')).add).toBe('put users into a group; creates the file')
  expect((await described('help')).fix).toMatch(/^repair what needs no password/)
  expect((await described('completion')).zsh).toBe('')
})

test('add, passwd, remove and list complete the file, then its users; the file may be left out', () =>
  withFolder({ users: 'ann:x\njim:y\n' }, async folder => {
    const file = join(folder, 'users')
    const complete = async (...argv: string[]) => {
      const { texts, paths } = await candidates(argv, commands, { HTPASSWD_FILE: file })
      return { texts: texts.map(([text]) => text), paths }
    }
    for (const name of ['add', 'passwd', 'remove', 'rm', 'list', 'users']) {
      expect(await complete(name, '')).toEqual({ texts: ['ann', 'jim'], paths: true })
      expect(await complete(name, file, '')).toEqual({ texts: ['ann', 'jim'], paths: false })
    }
    expect(await complete('passwd', '--password-file', 'x', file, '')).toEqual({
      texts: ['ann', 'jim'],
      paths: false,
    })
    expect((await complete('help', '')).texts).toContain('serve')
  }))

test('the second argument is a user of the file, and nothing after it', () =>
  withFolder({ users: '\xef\xbb\xbfann:x\r\n# c:x\njim:y\nnohash:\nann:z\nt\x1bb:x\n' }, async folder => {
    const file = join(folder, 'users')
    for (const argv of [[file], ['-D', file], ['-BC', '12', file], ['--generate', '24', file], ['--', file]])
      expect(await complete(...argv, '')).toEqual({ texts: ['ann', 'jim'], paths: false })
    expect(await complete('-b', file, 'ann', '')).toEqual({ texts: [], paths: false })
    expect(await complete(join(folder, 'none'), '')).toEqual({ texts: [], paths: false })
    expect(await complete(folder, '')).toEqual({ texts: [], paths: false })
  }))
