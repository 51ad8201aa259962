// What `htpasswd export` prints for each target, and which hashes it refuses to copy.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exportCommand } from '../../../../../src/cli/commands/export/run.ts'
import { recordedIo } from '../../../../support/recorded-io.ts'
import { withFolder } from '../../../../support/run.ts'

const BCRYPT = `$2y$12$${'a'.repeat(21)}e${'b'.repeat(30)}C`
const APR1 = '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/'
const SHA512 = `$6$saltstring$${'x'.repeat(86)}`

function call(content: string, ...words: string[]) {
  return withFolder({ users: content }, async folder => {
    const io = recordedIo()
    const status = await exportCommand([...words, join(folder, 'users')], io)
    return { status, out: io.said.out, err: io.said.err.replaceAll(join(folder, 'users'), 'users') }
  })
}

test('kubernetes: a Secret whose data are the bytes of the records', async () => {
  const { status, out } = await call(
    `# lab\nann:${BCRYPT}\nrobot:*\nann:${APR1}\n`,
    '--for',
    'kubernetes',
    '--name',
    'lab-users',
  )
  expect(status).toBe(0)
  expect(out).toContain('kind: Secret\nmetadata:\n  name: lab-users\n')
  const [, data = ''] = /^ {2}\.htpasswd: (.*)$/m.exec(out) ?? []
  expect(Buffer.from(data, 'base64').toString()).toBe(`ann:${BCRYPT}\nrobot:*\n`)
})

test('kubernetes: a name that is not UTF-8 keeps its bytes', async () => {
  const io = recordedIo()
  await withFolder({}, async folder => {
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(folder, 'users'), Buffer.from(`j\xf6rg:${APR1}\n`, 'latin1'))
    expect(await exportCommand(['--for', 'kubernetes', join(folder, 'users')], io)).toBe(0)
    const [, data = ''] = /^ {2}\.htpasswd: (.*)$/m.exec(io.said.out) ?? []
    expect(Buffer.from(data, 'base64').toString('latin1')).toBe(`j\xf6rg:${APR1}\n`)
    expect(await exportCommand(['--for', 'traefik', join(folder, 'users')], io)).toBe(7)
  })
})

test('compose: every dollar is doubled', async () => {
  const { out } = await call(`ann:${APR1}\nbob:${BCRYPT}\n`, '--for', 'compose', '--name', 'guard')
  expect(out).toBe(`services:
  guard:
    environment:
      HTPASSWD_USERS: |-
        ann:${APR1.replaceAll('$', '$$$$')}
        bob:${BCRYPT.replaceAll('$', '$$$$')}
`)
})

test('traefik: a middleware with one quoted text a user', async () => {
  const { out } = await call(`ann:${BCRYPT}\n`, '--for', 'traefik')
  expect(out).toContain(`    htpasswd:\n      basicAuth:\n        users:\n          - "ann:${BCRYPT}"\n`)
})

test('caddy: a block of a Caddyfile, with names in quotation marks where needed', async () => {
  const { out } = await call(`ann:${BCRYPT}\na "b":${BCRYPT}\n`, '--for', 'caddy')
  expect(out).toBe(
    `# before Caddy 2.8 it is called basicauth\nbasic_auth {\n\tann ${BCRYPT}\n\t\`a "b"\` ${BCRYPT}\n}\n`,
  )
})

test.each([
  [
    'caddy',
    `ann:${BCRYPT}\nbob:${APR1}\ncarol:*\n`,
    /cannot be exported for caddy: bob: Caddy checks bcrypt, not apr1; carol: the user is a service account, which has no password\. Set/,
  ],
  ['traefik', `ann:${SHA512}\n`, /ann: Traefik checks .*, not sha512crypt/],
  ['kubernetes', 'ann:hunter2\n', /ann: the record is plaintext/],
  ['compose', `ann:${APR1.slice(0, -1)}\n`, /ann: the record is damaged/],
  ['kubernetes', '# nobody\n', /has no users/],
  ['kubernetes', 'lab: ann bob\n', /a group file/],
])('for %s, %j is refused and nothing is printed', async (target, content, message) => {
  const { status, out, err } = await call(content, '--for', target)
  expect([status, out]).toEqual([7, ''])
  expect(err).toMatch(message)
})

test.each([
  [[], /expected --for with one of kubernetes, compose, traefik, caddy/],
  [['--for', 'nginx'], /--for expected one of kubernetes, compose, traefik, caddy, got "nginx"/],
  [['--for', 'caddy', '--name', 'Lab Users'], /--name expected lower case letters, digits and hyphens/],
])('%j is a mistake in the command', async (words, message) => {
  const { status, err } = await call(`ann:${BCRYPT}\n`, ...words)
  expect(status).toBe(2)
  expect(err).toMatch(message)
})
