// `serve --oidc-issuer` as a program: the button, and that without the option nothing of it is loaded.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { hashPassword } from '../../../../src/hash/hash-password.ts'
import { signInAtProvider, startProvider } from '../../../support/identity-provider.ts'
import { eventually, freePort, startProgram } from '../../../support/outside-program.ts'
import { runBin } from '../../../support/run.ts'

const bin = fileURLToPath(new URL('../../../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'serve-openid-'))
afterAll(() => rmSync(folder, { recursive: true }))
const users = join(folder, 'users')
writeFileSync(users, 'ann@example.com:*\n')
// reports each module that is asked for, and at the end what CommonJS has loaded
const hook = join(folder, 'hook.mjs')
writeFileSync(
  hook,
  `import Module, { register } from 'node:module'
import { writeSync } from 'node:fs'
process.on('exit', () => Object.keys(Module._cache).forEach(name => writeSync(2, 'loaded ' + name + '\\n')))
register('data:text/javascript,' + encodeURIComponent(
  "import { writeSync } from 'node:fs'; export async function load(url, context, next) { writeSync(2, 'loaded ' + url + '\\\\n'); return next(url, context) }"
))`,
)

const LIBRARIES = /loaded \S*\/node_modules\/(openid-client|oauth4webapi|jose)\//
/** The code of this package that works with providers. */
const OURS = /loaded \S*\/(auth|http)\/openid\//

function start(port: number, file: string, ...options: string[]) {
  const args = ['--import', `file://${hook}`, bin, 'serve', file, '--demo', '--login', '--log', 'off']
  return startProgram(process.execPath, [...args, '--listen', `127.0.0.1:${port}`, ...options])
}

test('without the options none of the libraries is loaded', async () => {
  const port = await freePort()
  await using serve = start(port, users)
  await eventually('the start', () => serve.output().includes('Guarding') || undefined)
  expect((await fetch(`http://127.0.0.1:${port}/.htpasswd/login`)).status).toBe(200)
  serve.process.kill('SIGTERM')
  await serve.ended
  // the one file of the command, by CommonJS, and what it imports
  expect(serve.output()).toMatch(/loaded \S*\/dist\/command\/main\.cjs/)
  expect(serve.output()).toMatch(/loaded file:\S*\/dist\/command\/\S+\.js/)
  expect(serve.output()).not.toMatch(LIBRARIES)
  expect(serve.output()).not.toMatch(OURS)
})

test('with them people sign in, also with several workers', async () => {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  await using provider = await startProvider(origin, { token_endpoint_auth_method: 'none' })
  await using serve = start(
    port,
    users,
    ...['--workers', '2', '--public-url', origin, '--oidc-client-id', 'mlflow'],
    ...['--oidc-issuer', provider.issuer],
  )
  await eventually('the start', () => serve.output().includes('Guarding') || undefined)
  expect(serve.output()).toMatch(LIBRARIES)
  expect(serve.output()).toMatch(OURS)
  const { page } = await signInAtProvider(origin, 'ann')
  expect(page.url.href).toBe(`${origin}/`)
  expect(page.body).toContain('ann@example.com')
})

test('the account page of users of a provider, who may have no password here', async () => {
  const own = join(folder, 'account')
  const record = await hashPassword('nine black cats', { cost: 5 })
  writeFileSync(own, `ann@example.com:*\nbob@example.com:${record}\n`)
  expect((await runBin(['token', 'add', own, 'ann@example.com', '--name', 'nightly'])).status).toBe(0)
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  await using provider = await startProvider(origin, { token_endpoint_auth_method: 'none' })
  await using serve = start(
    port,
    own,
    ...['--public-url', origin, '--oidc-client-id', 'mlflow', '--oidc-issuer', provider.issuer],
  )
  await eventually('the start', () => serve.output().includes('Guarding') || undefined)
  const account = `${origin}/.htpasswd/account`

  // without a password: it cannot be changed, tokens come from the administrator, and can be revoked
  const { web } = await signInAtProvider(origin, 'ann')
  const page = await web.open(account)
  expect(page.body).toContain(`You sign in with ${new URL(provider.issuer).host} and have no password here.`)
  expect(page.body).toContain('For a new token ask the person who runs this server.')
  expect(page.body).not.toContain('type="password"')
  for (const form of [
    { action: 'password', current: '', next: 'eight white cats', repeat: 'eight white cats' },
    { action: 'create-token', 'create-current': '', name: 'mine', days: '30', scope: 'all' },
  ]) {
    const refused = await web.submit(account, form)
    expect([refused.status, refused.body.includes('have no password here')]).toEqual([400, true])
  }
  const id = /name="id" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
  const revoked = await web.submit(account, { action: 'revoke-token', id })
  expect([revoked.status, revoked.body.includes('nightly')]).toEqual([200, false])

  // with one: as for everybody
  const bob = await signInAtProvider(origin, 'bob')
  expect((await bob.web.open(account)).body).toContain('name="current"')
  const changed = await bob.web.submit(account, {
    action: 'password',
    current: 'nine black cats',
    next: 'eight white cats',
    repeat: 'eight white cats',
  })
  expect(changed.body).toContain('The password was changed.')
})
