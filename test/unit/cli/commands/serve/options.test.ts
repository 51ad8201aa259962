// The command line, environment and --config file of `serve`: precedence, types, and errors that name the option.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { synonyms } from '../../../../../src/cli/commands/serve/options/synonyms.ts'
import { guardOptions, serveOptions, serveSpec } from '../../../../../src/cli/commands/serve/options.ts'
import { parseServe } from '../../../../../src/cli/commands/serve/request.ts'
import { helpOf } from '../../../../../src/cli/options/parse.ts'
import { unknownVariables } from '../../../../../src/cli/options/values.ts'
import { passwordOptions } from '../../../../../src/cli/password/options.ts'

const folder = mkdtempSync(join(tmpdir(), 'serve-options-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const configFile = (content: unknown): string => {
  const path = join(folder, `${files++}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const values = (argv: string[], env: NodeJS.ProcessEnv = {}) => parseServe(['--demo', ...argv], env).values

test('without options the defaults of the table hold', () => {
  expect(parseServe(['--demo'], {})).toMatchObject({
    file: '.htpasswd',
    command: [],
    values: {
      listen: [{ host: '127.0.0.1', port: 8080 }],
      'socket-mode': 0o660,
      log: 'text',
      'max-failures': 10,
      'allow-path': [],
      init: false,
    },
  })
})

test('the file stands before or behind the options', () => {
  expect(parseServe(['users', '--demo'], {}).file).toBe('users')
  expect(parseServe(['--demo', '--allow-path', '/health', 'users'], {}).file).toBe('users')
})

test('what stands behind -- is the app, its options are its own', () => {
  const { command, file } = parseServe(['users', '--', 'mlflow', 'server', '--port', '5000', '--init'], {})
  expect({ command, file }).toEqual({
    command: ['mlflow', 'server', '--port', '5000', '--init'],
    file: 'users',
  })
})

test('a repeatable option keeps all values, another one the last', () => {
  const got = values(['--allow-path', '/a', '--allow-path', '/b', '--realm', 'one', '--realm', 'two'])
  expect(got).toMatchObject({ 'allow-path': ['/a', '/b'], realm: 'two' })
})

test('command line wins over environment, environment over config, config over default', () => {
  const config = configFile({
    realm: 'config',
    'max-failures': 7,
    'allow-path': ['/c'],
    log: 'off',
    file: 'from-config',
  })
  const env = { HTPASSWD_REALM: 'environment', HTPASSWD_ALLOW_PATH: '/d, /e', HTPASSWD_CONFIG: config }
  expect(parseServe(['--demo', '--log', 'json'], env)).toMatchObject({
    file: 'from-config',
    values: { realm: 'environment', 'max-failures': 7, 'allow-path': ['/d', '/e'], log: 'json' },
  })
})

test('each option is an environment variable and a name of --config, with the same meaning', () => {
  const samples: Readonly<Record<string, string>> = {
    upstream: 'http://127.0.0.1:1',
    listen: '0.0.0.0:81',
    log: 'json',
    lang: 'de',
    host: '0.0.0.0',
    port: '81',
    'socket-mode': '600',
    'user-header': 'X-User',
    'groups-header': 'X-Groups',
    require: 'GET /docs/** valid-user',
    'drop-header': 'X-Role',
    'allow-origin': 'https://notebook.example',
    'allow-upgrade': 'tcp',
    'trust-proxy': '10.0.0.0/8',
    'max-failures': '3',
    'max-connections': '5',
    'upstream-timeout': '4',
    'max-upstream-connections': '5',
    workers: '2',
    'drain-delay': '5',
    metrics: '9464',
    grace: '20s',
    'session-idle': '1h',
    'session-max': '2d',
    'public-url': 'https://ml.example',
    generate: '24',
    'password-fd': '3',
    'auth-endpoint': 'nginx',
    preset: 'mlflow',
    readers: 'group:viewers user:bob',
    admins: 'user:root',
    'mlflow-graphql': 'deny',
    'oidc-users': 'any',
    'oidc-allow': 'user:ann',
    'https-name': 'lab.lan',
    'redirect-http': '8000',
    'redis-url': 'redis://127.0.0.1',
  }
  const sampleOf = (name: string): string | boolean =>
    'argument' in (serveSpec.options[name as keyof typeof serveSpec.options] as object)
      ? (samples[name] ?? '/some')
      : true
  const provider = { '--oidc-issuer': 'https://id.example', '--oidc-client-id': 'mlflow' }
  // options that need another one are given with it
  const partners: Readonly<Record<string, string>> = {
    'tls-cert': 'tls-key',
    'tls-key': 'tls-cert',
    'auth-endpoint': 'trust-proxy',
    'jwt-issuer': 'jwt-audience',
    'jwt-audience': 'jwt-issuer',
    'oidc-users': 'oidc-allow',
    'oidc-allow': 'oidc-users',
  }
  for (const name of Object.keys(serveSpec.options)) {
    if (name === 'help' || name === 'config') continue
    const given = [name, partners[name]]
      .filter(one => one !== undefined)
      .map(one => [one, sampleOf(one)] as const)
    // --init and --preset where they are wanted
    const init =
      name in passwordOptions
        ? ['--init']
        : /^(readers|admins|mlflow-static-prefix)$/.test(name)
          ? ['--preset', 'mlflow']
          : /^(https-name|redirect-http)$/.test(name)
            ? ['--https']
            : name.startsWith('oidc-issuer') || name.startsWith('oidc-client')
              ? ['--login', '--public-url', 'https://ml.example', ...Object.entries(provider).flat()].filter(
                  (_, i, all) => all[i] !== `--${name}` && all[i - 1] !== `--${name}`,
                )
              : /^redis-url/.test(name)
                ? ['--session-secret-file', '/some']
                : name === 'redis-required'
                  ? ['--session-secret-file', '/some', '--redis-url', 'redis://127.0.0.1']
                  : []
    // --demo and --upstream exclude each other
    const app = name === 'upstream' ? [] : ['--demo']
    const valuesOf = (argv: string[], env: NodeJS.ProcessEnv = {}) =>
      parseServe([...app, ...argv], env).values
    const typed = valuesOf([
      ...init,
      ...given.flatMap(([one, sample]) => (sample === true ? [`--${one}`] : [`--${one}`, String(sample)])),
    ])
    const exported = given.map(([one, sample]) => [
      `HTPASSWD_${one.toUpperCase().replaceAll('-', '_')}`,
      String(sample),
    ])
    expect(valuesOf(init, Object.fromEntries(exported)), name).toEqual(typed)
    const written = Object.fromEntries(given)
    expect({ ...valuesOf([...init, '--config', configFile(written)]), config: undefined }, name).toEqual(
      typed,
    )
    // `values` itself gives --demo
    if (name === 'demo') continue
    const standard = values([])[name as keyof typeof typed]
    expect(typed[name as keyof typeof typed], name).not.toEqual(standard)
  }
})

test('a switch can be set anywhere and taken back on the command line', () => {
  expect(values([], { HTPASSWD_FORWARD_AUTH: '1' })['forward-auth']).toBe(true)
  expect(values(['--no-forward-auth'], { HTPASSWD_FORWARD_AUTH: 'true' })['forward-auth']).toBe(false)
  expect(values(['--config', configFile({ 'preserve-host': true })])['preserve-host']).toBe(true)
})

test.each([
  [['--generate'], { length: 20 }, '.htpasswd'],
  [['--generate', 'words', 'users'], { words: 6 }, 'users'],
  [['--generate', 'users'], { length: 20 }, 'users'],
])('--init %j makes up the password', (words, generate, file) => {
  const request = parseServe(['--demo', '--init', ...words], {})
  expect({ generate: request.values.generate, file: request.file }).toEqual({ generate, file })
})

test('a config file may have a byte order mark, as Windows editors write it', () => {
  expect(values(['--config', configFile('\uFEFF{"realm": "x"}')]).realm).toBe('x')
})

test.each<[why: string, argv: string[], env: NodeJS.ProcessEnv, message: string | RegExp]>([
  ['a misspelt option', ['--upstreem', 'x'], {}, 'unknown option --upstreem; did you mean --upstream?'],
  ['an option like none', ['--zzzzzz'], {}, 'unknown option --zzzzzz; see htpasswd serve --help'],
  ['a short option', ['-x'], {}, /unknown option -x/],
  ['a missing value', ['--upstream'], {}, '--upstream needs URL'],
  ['a port out of range', ['--listen', '99999'], {}, /^--listen expected \[HOST:\]PORT .*got "99999"$/],
  [
    'a number in words',
    ['--max-failures', 'ten'],
    {},
    '--max-failures expected a whole number from 0 to 1000000, got "ten"',
  ],
  [
    'an unknown log format',
    [],
    { HTPASSWD_LOG: 'xml' },
    'HTPASSWD_LOG expected one of text, json, combined, off, got "xml"',
  ],
  [
    'a switch that is neither',
    [],
    { HTPASSWD_INIT: 'maybe' },
    'HTPASSWD_INIT expected true or false, got "maybe"',
  ],
  [
    'a certificate without key',
    ['--tls-cert', 'a.pem'],
    {},
    '--tls-cert and --tls-key go together, got only --tls-cert',
  ],
  [
    'a place for the password without --init',
    ['--password-file', 'x'],
    {},
    '--password-file sets the password of the first user, and needs --init',
  ],
  [
    'two places for the password',
    ['--init', '--generate', '--password-env', 'X'],
    {},
    'the password can come from one source only, got --generate and --password-env',
  ],
  ['two files', ['a', 'b', '--demo'], {}, /^expected one password file, got 2: a, b/],
  [
    'a config that is not there',
    ['--config', '/no/such.json'],
    {},
    /^cannot read --config .*such.json: there is no such file$/,
  ],
])('%s is an error that names it', (_, argv, env, message) => {
  expect(() => values(argv, env)).toThrow(message)
})

test.each<[why: string, content: unknown, message: string | RegExp]>([
  ['an unknown name', { upstreem: 'x' }, /^unknown option "upstreem" in .*; did you mean --upstream\?$/],
  ['an object as value', { realm: {} }, /^"realm" in .* expected a text, number, true or false, got \{\}$/],
  ['a list', [1], /^--config expected a JSON object/],
  ['no JSON', '{', /^--config expected a JSON file/],
  ['a wrong value', { log: 'xml' }, /^"log" in .* expected one of text, json, combined, off, got "xml"$/],
])('a config file with %s is an error', (_, content, message) => {
  expect(() => values(['--config', configFile(content)])).toThrow(message)
})

test('without an app to guard the message says the three ways to name one', () => {
  expect(() => parseServe([], {})).toThrow(/--upstream .*-- mlflow server.*--demo/)
})

test('the help has every row of the table, with its default', async () => {
  const help = await helpOf(serveSpec, 100)
  for (const [name, row] of Object.entries(serveSpec.options)) {
    expect(help).toContain(`--${name}`)
    expect(help.replace(/\s+/g, ' ')).toContain(row.describe)
  }
  expect(help).toContain('[default: 127.0.0.1:8080]')
})

test('an error never repeats a password out of a URL', () => {
  for (const url of ['http://user:secret@127.0.0.1', 'ftp://user:secret@127.0.0.1']) {
    expect(() => values(['--upstream', url])).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    )
  }
})

test('the options that hold a path take FILE, so that completion and the service find them', () => {
  const files = Object.entries(serveOptions).filter(([, row]) => 'argument' in row && row.argument === 'FILE')
  expect(files.map(([name]) => name)).toEqual([
    'generate-to',
    'password-file',
    'tls-cert',
    'tls-key',
    'tokens',
    'session-secret-file',
    'groups',
    'rules',
    'oidc-client-secret-file',
    'redis-url-file',
    'log-file',
    'config',
  ])
})

test('every form names only options that are there', () => {
  const named = serveSpec.synopsis.join(' ').match(/--[a-z-]{2,}/g) ?? []
  expect(named.length).toBeGreaterThan(0)
  for (const option of named) expect(Object.keys(serveOptions)).toContain(option.slice(2))
})

test('a row names the option of the guard that its value is', () => {
  const argv = ['--realm', 'Lab', '--allow-path', '/health', '--upstream-timeout', '3', '--preserve-host']
  expect(guardOptions(values(argv))).toEqual({
    realm: 'Lab',
    contact: undefined,
    readyUpstream: false,
    lang: 'en',
    allowPaths: ['/health'],
    allowOrigins: [],
    prefix: undefined,
    forwardAuth: false,
    preserveHost: true,
    forwardedHost: false,
    dropHeaders: [],
    allowUpgrades: [],
    maxUpstreamConnections: 2048,
    trustProxy: [],
    upstreamTimeout: 3000,
    maxConnectionsPerAddress: 100,
    authEndpoints: [],
  })
})

test('--host and --port replace their part of --listen', () => {
  const { listen } = values(['--host', '0.0.0.0'])
  expect(listen).toEqual([{ host: '0.0.0.0', port: 8080 }])
  expect(values(['-p', '9000']).listen).toEqual([{ host: '127.0.0.1', port: 9000 }])
  expect(values(['--port', '1'], { HTPASSWD_LISTEN: '[::]:2' }).listen).toEqual([{ host: '::', port: 1 }])
})

test('--listen may be repeated, with ports and sockets', () => {
  expect(values(['--listen', '81', '--listen', '[::1]:82']).listen).toEqual([
    { host: '127.0.0.1', port: 81 },
    { host: '::1', port: 82 },
  ])
  expect(values([], { HTPASSWD_LISTEN: '81, 82' }).listen).toHaveLength(2)
})

test.runIf(process.platform !== 'win32')('--listen takes Unix sockets', () => {
  expect(values(['--listen', 'unix:/run/g.sock', '--socket-mode', '666'])).toMatchObject({
    listen: [{ path: '/run/g.sock' }],
    'socket-mode': 0o666,
  })
})

test.each([
  [['--listen', '81', '--listen', '127.0.0.1:81'], '--listen is given twice as 127.0.0.1:81'],
  [
    ['--listen', '81', '--listen', '82', '--port', '83'],
    '--port is a part of one --listen [HOST:]PORT, and that is 127.0.0.1:81, 127.0.0.1:82',
  ],
  [['--socket-mode', '999'], '--socket-mode expected permissions such as 660 or 666, got "999"'],
  [['--listen', 'unix:@x'], '--listen expected '],
])('%j is refused', (argv, message) => expect(() => values(argv)).toThrow(message))

test('--upstream twice is an error: which app is meant cannot be known', () => {
  expect(() => parseServe(['--upstream', '1', '--upstream', '2'], {})).toThrow(
    '--upstream is given 2 times (1, 2); expected it once',
  )
  expect(parseServe(['--upstream', '1'], { HTPASSWD_UPSTREAM: '2' }).values.upstream?.port).toBe('1')
})

test('--no-log is --log off, and false in a file; other options with an argument have no --no-', () => {
  expect(values(['--no-log']).log).toBe('off')
  expect(values(['--config', configFile({ log: false })]).log).toBe('off')
  expect(() => values(['--no-realm'])).toThrow('unknown option --no-realm; --realm takes TEXT')
})

test.each([
  [['--allow-path', 'health'], '--allow-path expected a path like /health, got "health"'],
  [['--allow-origin', '*'], '--allow-origin expected origins like https://notebook.example, got "*"'],
  [['--trust-proxy', '10.0.0.0/99'], '--trust-proxy expected addresses, CIDR blocks such as 10.0.0.0/8'],
  [['--user-header', 'Host'], '--user-header expected a header name such as X-Forwarded-User'],
  [['--drop-header', 'Host'], '--drop-header expected header names such as X-User-Role, got "Host"'],
  [['--allow-upgrade', 'h2c'], '--allow-upgrade expected protocols such as tcp'],
  [['--prefix', 'lab'], '--prefix expected a path like /mlflow, got "lab"'],
  [['--realm', 'a\nb'], '--realm expected text without control characters'],
])('%j: the message names what was typed', (argv, message) => {
  expect(() => values(argv)).toThrow(message)
})

test('the message names the variable and the key of the file as well', () => {
  expect(() => values([], { HTPASSWD_TRUST_PROXY: 'x' })).toThrow('HTPASSWD_TRUST_PROXY expected addresses')
  const config = configFile({ prefix: 'x' })
  expect(() => values(['--config', config])).toThrow(`"prefix" in ${config} expected a path`)
})

test('a --config file that is not there: its name and why', () => {
  expect(() => values(['--config', join(folder, 'x.json')])).toThrow(/x\.json: there is no such file$/)
})

test.each(Object.entries(synonyms))('--%s: %s', (name, hint) => {
  expect(Object.hasOwn(serveOptions, name)).toBe(false)
  for (const [, option = ''] of hint.replace(/htpasswd token .*/, '').matchAll(/--([a-z-]+)/g))
    expect(serveOptions).toHaveProperty(option)
  const given = name.length === 1 ? `-${name}` : `--${name}`
  expect(() => values([given])).toThrow(
    `unknown option ${given}; ${hint.startsWith('--') ? 'use ' : ''}${hint}`,
  )
})

test('variables that look like options and are none are named, with the nearest one', () => {
  const environment = {
    HTPASSWD_UPSTREM: 'x',
    HTPASSWD_SOMETHING_ELSE: 'x',
    HTPASSWD_FILE: 'users',
    HTPASSWD_REALM: 'Lab',
    HTPASSWD_PW: 'secret',
    // what Kubernetes sets for a service that is called htpasswd
    HTPASSWD_SERVICE_HOST: '10.0.0.1',
    HTPASSWD_PORT: 'tcp://10.0.0.1:80',
    HTPASSWD_PORT_80_TCP_ADDR: '10.0.0.1',
    PATH: '/bin',
  }
  expect(unknownVariables(serveSpec, environment, ['HTPASSWD_PW', undefined])).toEqual([
    'the environment variable HTPASSWD_UPSTREM is not used; did you mean HTPASSWD_UPSTREAM?',
    'the environment variable HTPASSWD_SOMETHING_ELSE is not used; no option has this name',
  ])
  expect(values([], environment).listen).toEqual([{ host: '127.0.0.1', port: 8080 }])
})
