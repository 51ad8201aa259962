// The words of `service`: its own options apart from those of the guard, and paths made full.
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { serveOptions } from '../../../../../src/cli/commands/serve/options.ts'
import { serviceRequest, serviceSpec } from '../../../../../src/cli/commands/service/options.ts'
import { parseOptions } from '../../../../../src/cli/options/values.ts'
import { passwordOptions } from '../../../../../src/cli/password/options.ts'

const parse = (...argv: string[]) => serviceRequest(parseOptions(serviceSpec, argv), '/srv/lab')

test('without options it is for the machine, under the usual name', () => {
  expect(parse('status')).toEqual({
    action: 'status',
    name: 'htpasswd-serve',
    atBoot: true,
    print: false,
    follow: false,
    serve: undefined,
  })
  expect(parse('uninstall', '--user', '--name', 'x', '--print')).toMatchObject({
    action: 'uninstall',
    name: 'x',
    atBoot: false,
    print: true,
  })
})

test("the guard's options go on to it as they were given, paths in full", () => {
  const { serve } = parse(
    ...['install', 'users', '--name=x', '--upstream', 'http://127.0.0.1:5000', '--tls-cert', 'c.pem'],
    ...[
      '--tls-key=/etc/k.pem',
      '--allow-path',
      '/a%20b',
      '--allow-path=/c',
      '--no-preserve-host',
      '--forward-auth',
    ],
  )
  expect(serve?.arguments).toEqual([
    resolve('/srv/lab/users'),
    '--upstream=http://127.0.0.1:5000',
    `--tls-cert=${resolve('/srv/lab/c.pem')}`,
    `--tls-key=${resolve('/etc/k.pem')}`,
    '--allow-path=/a%20b',
    '--allow-path=/c',
    '--forward-auth',
    '--no-preserve-host',
  ])
  expect(serve?.request).toMatchObject({ file: resolve('/srv/lab/users'), command: [] })
})

test("an app's words stay its own", () => {
  const { serve, name } = parse('install', 'users', '--', 'mlflow', 'server', '--name', 'y', '--', 'z')
  expect(name).toBe('htpasswd-serve')
  expect(serve?.request.command).toEqual(['mlflow', 'server', '--name', 'y', '--', 'z'])
  expect(serve?.arguments).toEqual([resolve('/srv/lab/users')])
})

test('values that look like options or numbers reach the guard unchanged', () => {
  const { serve } = parse('install', '--demo', '--realm=--x', '--max-failures=007')
  expect(serve?.request.values).toMatchObject({ realm: '--x', 'max-failures': 7 })
  expect(serve?.arguments).toEqual([
    resolve('/srv/lab/.htpasswd'),
    '--demo',
    '--realm=--x',
    '--max-failures=007',
  ])
})

test.each<[string[], string]>([
  [[], 'expected one of the actions install, uninstall, start, stop, restart, logs, status, got nothing'],
  [
    ['instal'],
    'expected one of the actions install, uninstall, start, stop, restart, logs, status, got instal; did you mean install?',
  ],
  [['status', 'users'], 'status takes no arguments, got users'],
  [['uninstall', '--demo'], 'uninstall takes only --name, --user and --print, got --demo'],
  [['install', 'users'], 'expected the app to guard'],
  [['install', 'a', 'b', '--demo'], 'expected one password file, got 2: a, b'],
  [['install', '--demo', '--max-failures', 'x'], '--max-failures expected a whole number'],
  [['install', '--demo', '--init'], 'unknown option --init'],
  [['install', '--demo', '--name', '../x'], '--name expected letters, digits'],
  [['install', '--demo', '--name', ''], '--name expected letters, digits'],
])('%j is refused', (argv, message) => {
  expect(() => parse(...argv)).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }))
})

test('no option of the guard is left out but --init, which would write, where its password comes from, and --check', () => {
  const missing = Object.keys(serveOptions).filter(name => !Object.hasOwn(serviceSpec.options, name))
  expect(missing).toEqual(['init', ...Object.keys(passwordOptions), 'check'])
})
