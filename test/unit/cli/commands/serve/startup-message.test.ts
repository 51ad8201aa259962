// What the guard says at its start: where to open it, what to set, what to worry about.
import { expect, test } from 'vitest'
import {
  hashWarnings,
  type StartupFacts,
  startupMessage,
} from '../../../../../src/cli/commands/serve/startup-message.ts'

const BCRYPT = `$2y$12$${'a'.repeat(21)}e${'a'.repeat(30)}C`
const APR1 = '$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00'
const facts = (changes: Partial<StartupFacts>): StartupFacts => ({
  file: 'users',
  users: [['ann', BCRYPT]],
  listen: { host: '127.0.0.1', port: 8080 },
  scheme: 'http',
  prefix: '',
  guarded: 'http://127.0.0.1:5000',
  warnings: [],
  outside: ['192.168.1.5'],
  ...changes,
})

test('on loopback: one address, the lines of three shells, nothing to worry about', () => {
  const text = startupMessage(facts({}))
  expect(text).toContain('Guarding http://127.0.0.1:5000 with 1 user of users')
  expect(text).toContain('Open  http://127.0.0.1:8080')
  expect(text).toContain(
    "export MLFLOW_TRACKING_URI='http://127.0.0.1:8080' MLFLOW_TRACKING_USERNAME='ann' MLFLOW_TRACKING_PASSWORD='your-password'",
  )
  expect(text).toContain(
    "$env:MLFLOW_TRACKING_URI='http://127.0.0.1:8080'; $env:MLFLOW_TRACKING_USERNAME='ann'",
  )
  expect(text).toContain(
    'set "MLFLOW_TRACKING_URI=http://127.0.0.1:8080" & set "MLFLOW_TRACKING_USERNAME=ann"',
  )
  expect(text).toContain('from this machine only; for others use --listen 0.0.0.0:8080')
  expect(text).not.toContain('warning')
})

test('a note on the app stands below the first line', () =>
  expect(startupMessage(facts({ note: 'of the app' }))).toMatch(/^Guarding .*\nof the app\n\n/))

test('beyond loopback: every address, a warning for plain HTTP, and the client gets the outside one', () => {
  const text = startupMessage(facts({ listen: { host: '0.0.0.0', port: 8080 }, prefix: '/mlflow' }))
  expect(text).toContain('http://127.0.0.1:8080/mlflow/')
  expect(text).toContain('http://192.168.1.5:8080/mlflow/')
  expect(text).toContain("MLFLOW_TRACKING_URI='http://192.168.1.5:8080/mlflow'")
  expect(text).toContain('warning: plain HTTP on every network of this machine')
  expect(text).not.toContain('from this machine only')
})

test('with a certificate there is no such warning', () => {
  expect(startupMessage(facts({ listen: { host: '0.0.0.0', port: 443 }, scheme: 'https' }))).not.toContain(
    'warning',
  )
})

test('a name that a shell would take apart is not put into the lines', () => {
  expect(startupMessage(facts({ users: [["o'brien; rm", BCRYPT]] }))).toContain(
    "MLFLOW_TRACKING_USERNAME='your-name'",
  )
})

test('weak and unusable hashes are named by user, never shown', () => {
  const users = [...'abcdefg'].map(name => [name, APR1] as const)
  const warnings = hashWarnings([...users, ['zoe', 'plaintext-secret'], ['ok', BCRYPT]], 'users')
  expect(warnings[0]).toMatch(
    /^users a, b, c, d, e and 2 more: apr1 is easily guessed .*htpasswd -B -C 12 users NAME$/,
  )
  expect(warnings[1]).toMatch(/^user zoe cannot log in/)
  expect(warnings.join()).not.toMatch(/plaintext-secret|lZL6V/)
})

test('a name cannot play with the terminal', () => {
  expect(hashWarnings([['a\u001b[2J', APR1]], 'users')[0]).toContain('user a\\x1b[2J')
})
