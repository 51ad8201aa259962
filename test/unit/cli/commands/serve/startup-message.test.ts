// What the guard says at its start: where to open it, what to set, what to worry about.
import { expect, test } from 'vitest'
import {
  hashWarnings,
  portWarnings,
  type StartupFacts,
  startupFields,
  startupLine,
  startupMessage,
  startupWarnings,
} from '../../../../../src/cli/commands/serve/startup-message.ts'
import { isContainer } from '../../../../../src/platform/container.ts'

const BCRYPT = `$2y$12$${'a'.repeat(21)}e${'a'.repeat(30)}C`
const APR1 = '$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00'
const facts = (changes: Partial<StartupFacts> = {}): StartupFacts => ({
  file: 'users',
  users: [['ann', BCRYPT]],
  listen: [{ host: '127.0.0.1', port: 8080 }],
  scheme: 'http',
  prefix: '',
  guarded: 'http://127.0.0.1:5000',
  mlflow: undefined,
  platform: 'linux',
  env: {},
  outside: ['192.168.1.5'],
  ...changes,
})
const everywhere = [{ host: '0.0.0.0', port: 8080 }]
const MLFLOW = {
  sh: `
For MLflow's Python client, before it runs:
  export MLFLOW_TRACKING_URI='http://127.0.0.1:8080'
  export MLFLOW_TRACKING_USERNAME='ann'
  export MLFLOW_TRACKING_PASSWORD='your-password'`,
}

test('in a container 127.0.0.1 cannot be reached from outside', () => {
  const inside = facts({ inContainer: true })
  expect(startupMessage(inside)).toContain('http://127.0.0.1:8080  (from within this container only; ')
  expect(startupLine(inside)).toContain(
    ' - from within this container only; from outside as well: --host 0.0.0.0 - ',
  )
  expect(startupLine(facts({ inContainer: true, listen: everywhere }))).not.toContain('container')
  expect(isContainer({}, path => path === '/.dockerenv')).toBe(true)
  expect(isContainer({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, () => false)).toBe(true)
  expect(isContainer({}, () => false)).toBe(false)
})

test.each([
  ['80 by default', { host: '127.0.0.1', port: 8080 }, '3000', [], 1],
  ['with --listen', { host: '0.0.0.0', port: 8080 }, '3000', [], 0],
  ['for the app that is started', { host: '127.0.0.1', port: 8080 }, '3000', ['app'], 0],
  ['of a service link', { host: '127.0.0.1', port: 8080 }, 'tcp://10.0.0.1:80', [], 0],
] as const)('PORT %s', (_, listen, PORT, command, warnings) => {
  expect(portWarnings({ listen: [listen] }, { PORT }, command)).toHaveLength(warnings)
})

test('at a terminal the address comes first', () => {
  expect(startupMessage(facts())).toBe(
    `Open  http://127.0.0.1:8080  (for other machines as well: --host 0.0.0.0)
Guarding http://127.0.0.1:5000 with 1 user of users`,
  )
})

test('beyond loopback: an address of this machine, one of the network, how many more', () => {
  const outside = ['192.168.1.5', '172.17.0.1', '10.8.0.3']
  expect(startupMessage(facts({ listen: everywhere, prefix: '/mlflow', outside }))).toBe(
    `Open  http://127.0.0.1:8080/mlflow/
      http://192.168.1.5:8080/mlflow/  (and 2 more)
Guarding http://127.0.0.1:5000 with 1 user of users`,
  )
})

test('the variables are those of MLflow, for MLflow only', () => {
  expect(startupMessage(facts({ mlflow: 'running' }))).toContain(MLFLOW.sh)
  expect(startupMessage(facts())).not.toContain('MLFLOW')
  const started = startupMessage(facts({ mlflow: 'started' }))
  expect(started).toContain('MLflow needs none of the options --host and --allowed-hosts')
})

test.each<[NodeJS.Platform, NodeJS.ProcessEnv, string]>([
  ['win32', {}, "  $env:MLFLOW_TRACKING_USERNAME='ann'"],
  ['win32', { PROMPT: '$P$G' }, '  set "MLFLOW_TRACKING_USERNAME=ann"'],
  ['win32', { SHELL: '/usr/bin/bash', PROMPT: '' }, "  export MLFLOW_TRACKING_USERNAME='ann'"],
  ['darwin', {}, "  export MLFLOW_TRACKING_USERNAME='ann'"],
])('on %s with %j: the lines of one shell', (platform, env, line) => {
  const text = startupMessage(facts({ mlflow: 'running', platform, env }))
  expect(text.split('\n')).toContain(line)
  expect(text.match(/MLFLOW_TRACKING_USERNAME/g)).toHaveLength(1)
})

test('it has at most eight lines of at most 80 columns, whatever applies', () => {
  const outside = ['192.168.100.105', '172.17.0.1']
  const text = startupMessage(
    facts({ mlflow: 'started', listen: everywhere, prefix: '/mlflow', outside, file: 'mlflow-authfile' }),
  )
  const lines = text.split('\n')
  expect(lines).toHaveLength(8)
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80)
})

test('with --https and MLflow, too, and it has all that a visitor needs', () => {
  const authority = '/home/ann/.local/state/htpasswd-kit/https/ca.pem'
  const https = { files: { authority }, fingerprint: 'a1'.repeat(32) } as StartupFacts['https']
  const outside = ['192.168.100.105', '172.17.0.1']
  const listen = everywhere
  const text = startupMessage(facts({ mlflow: 'started', scheme: 'https', https, listen, outside }))
  expect(text).toBe(`Open  https://192.168.100.105:8080  (and 1 more)
Guarding http://127.0.0.1:5000 with 1 user of users
Browsers warn until they trust this authority: htpasswd trust
  SHA-256 ${'a1'.repeat(32)}
  export MLFLOW_TRACKING_URI='https://192.168.100.105:8080'
  export MLFLOW_TRACKING_USERNAME='ann'
  export MLFLOW_TRACKING_PASSWORD='your-password'
  export MLFLOW_TRACKING_SERVER_CERT_PATH='${authority}'`)
  const other = startupMessage(facts({ scheme: 'https', https }))
  expect(other).toContain(`\n  SHA-256 ${'a1'.repeat(32)}\n  ${authority}`)
})

test('the client gets the address that other machines reach', () => {
  const text = startupMessage(facts({ mlflow: 'running', listen: everywhere, prefix: '/mlflow' }))
  expect(text).toContain("MLFLOW_TRACKING_URI='http://192.168.1.5:8080/mlflow'")
})

test('a name that a shell would take apart is not put into the lines', () => {
  expect(startupMessage(facts({ mlflow: 'running', users: [["o'brien; rm", BCRYPT]] }))).toContain(
    "MLFLOW_TRACKING_USERNAME='your-name'",
  )
})

test('without a terminal it is one line, with every address', () => {
  expect(startupLine(facts({ listen: everywhere, mlflow: 'started' }))).toBe(
    'Open http://127.0.0.1:8080, http://192.168.1.5:8080 - Guarding http://127.0.0.1:5000 with 1 user of users',
  )
  expect(startupFields(facts())).toEqual({
    event: 'started',
    urls: ['http://127.0.0.1:8080'],
    app: 'http://127.0.0.1:5000',
    file: 'users',
    users: 1,
  })
})

test('several addresses are all named', () => {
  const socket = { path: '/run/guard.sock' }
  const listen = [{ host: '127.0.0.1', port: 8080 }, ...everywhere, socket]
  expect(
    startupMessage(facts({ listen, mlflow: 'running', prefix: '/ml' })),
  ).toContain(`Open  http://127.0.0.1:8080/ml/
      http://127.0.0.1:8080/ml/  (and 1 more)
      unix:/run/guard.sock
Guarding`)
  expect(startupLine(facts({ listen: [socket, ...everywhere] }))).toContain(
    'Open unix:/run/guard.sock, http://127.0.0.1:8080, http://192.168.1.5:8080 - ',
  )
  // no client of MLflow can use a socket by itself
  expect(startupMessage(facts({ listen: [socket], mlflow: 'running' }))).not.toContain('MLFLOW')
  expect(startupWarnings(facts({ listen: [socket] }))).toEqual([])
})

test('what the account page cannot do for users without a file', () => {
  const note = 'The users of HTPASSWD_USERS cannot change their passwords or make tokens on the account page'
  const file = 'HTPASSWD_USERS'
  expect(startupLine(facts({ file, login: true }))).toContain(` of HTPASSWD_USERS - ${note}`)
  expect(startupMessage(facts({ file, login: true })).split('\n')).toContain(note)
  expect(startupLine(facts({ file }))).not.toContain(note)
  expect(startupLine(facts({ login: true }))).not.toContain(note)
})

test('plain HTTP on the network is a warning, HTTPS is none', () => {
  expect(startupWarnings(facts())).toEqual([])
  expect(startupWarnings(facts({ listen: everywhere }))).toEqual([
    expect.stringContaining('plain HTTP on every network of this machine'),
  ])
  expect(startupWarnings(facts({ listen: everywhere, scheme: 'https' }))).toEqual([])
})

test('weak and unusable hashes are named by user, never shown', () => {
  const users = [...'abcdefg'].map(name => [name, APR1] as const)
  const warnings = hashWarnings([...users, ['zoe', 'plaintext-secret'], ['ok', BCRYPT]], 'users')
  expect(warnings[0]).toMatch(
    /^users a, b, c, d, e and 2 more: apr1 is easily guessed .*htpasswd passwd users NAME$/,
  )
  expect(warnings[1]).toMatch(/^user zoe cannot log in/)
  expect(warnings.join()).not.toMatch(/plaintext-secret|lZL6V/)
})

test('a name cannot play with the terminal', () => {
  expect(hashWarnings([['ann', APR1]], 'HTPASSWD_USERS')[0]).toContain(
    'in the file that HTPASSWD_USERS was exported from',
  )
  expect(hashWarnings([['a\u001b[2J', APR1]], 'users')[0]).toContain('user a\\x1b[2J')
})
