// `serve --login` as a program: a restart with a secret, and workers that share what one of them ended.
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import {
  newSecret,
  readSecrets,
  secretWarnings,
} from '../../../../src/cli/commands/serve/login/session-secret.ts'
import { hashPassword } from '../../../../src/hash/hash-password.ts'
import { endSessionsOf } from '../../../../src/store/session-ends.ts'
import { BrowserClient } from '../../../support/browser-client.ts'
import { eventually, freePort, startProgram } from '../../../support/outside-program.ts'

const bin = fileURLToPath(new URL('../../../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'serve-login-'))
afterAll(() => rmSync(folder, { recursive: true }))
const users = join(folder, 'users')
writeFileSync(users, `alice:${await hashPassword('secret', { format: 'sha1' })}\n`)

function start(port: number, ...options: string[]) {
  return startProgram(process.execPath, [
    ...[bin, 'serve', users, '--demo', '--login', '--log', 'off', '--listen', `127.0.0.1:${port}`],
    ...options,
  ])
}
type Program = ReturnType<typeof start>
const started = (program: Program) =>
  eventually('the start', () => (program.output().includes('Guarding') ? true : undefined))

const script = { 'sec-fetch-mode': 'cors' }
const statusOf = async (browser: BrowserClient) => (await browser.send('GET', '/', script)).status

test('sessions outlive a restart with --session-secret-file, except those that were signed out', async () => {
  const port = await freePort()
  const secret = join(folder, 'secret')
  const [stays, goes] = [1, 2].map(() => new BrowserClient(`http://127.0.0.1:${port}`)) as [
    BrowserClient,
    BrowserClient,
  ]
  {
    await using serve = start(port, '--session-secret-file', secret)
    await started(serve)
    for (const browser of [stays, goes]) expect((await browser.signIn('alice', 'secret')).status).toBe(200)
    const cookie = goes.cookieHeader
    await goes.submit('/.htpasswd/logout', {})
    goes.cookies.set('htpasswd', cookie.slice('htpasswd='.length))
  }
  if (process.platform !== 'win32') expect(statSync(secret).mode & 0o777).toBe(0o600)
  await using serve = start(port, '--session-secret-file', secret)
  await started(serve)
  expect(await Promise.all([stays, goes].map(statusOf))).toEqual([200, 401])
  // as `htpasswd sessions end` does
  await endSessionsOf(users, 'alice')
  expect(await statusOf(stays)).toBe(401)
  expect((await stays.signIn('alice', 'secret')).status).toBe(200)
})

test('workers share secret and sign-outs', async () => {
  const port = await freePort()
  await using serve = start(port, '--workers', '3')
  await started(serve)
  const browser = new BrowserClient(`http://127.0.0.1:${port}`)
  expect((await browser.signIn('alice', 'secret')).status).toBe(200)
  // each request is a connection of its own, and the workers get them in turn
  const all = () => Promise.all(Array.from({ length: 9 }, () => statusOf(browser)))
  expect(new Set(await all())).toEqual(new Set([200]))
  const cookie = browser.cookies.get('htpasswd') ?? ''
  await browser.submit('/.htpasswd/logout', {})
  browser.cookies.set('htpasswd', cookie)
  const statuses = await eventually('the sign-out in all workers', async () => {
    const found = await all()
    return found.includes(200) ? undefined : found
  })
  expect(new Set(statuses)).toEqual(new Set([401]))
})

test('a secret is replaced while the server runs: nobody is signed out before the old line is taken away', async () => {
  const port = await freePort()
  const path = join(folder, 'rotated')
  const write = (...lines: string[]) => {
    writeFileSync(`${path}.new`, `${lines.join('\n')}\n`)
    renameSync(`${path}.new`, path)
  }
  const [old, next] = [newSecret(), newSecret()]
  write(old)
  await using serve = start(port, '--workers', '3', '--session-secret-file', path)
  await started(serve)
  const [before, after] = [1, 2].map(() => new BrowserClient(`http://127.0.0.1:${port}`)) as [
    BrowserClient,
    BrowserClient,
  ]
  // the workers get the connections in turn, so nine requests ask each of them
  const all = async (browser: BrowserClient) =>
    new Set(await Promise.all(Array.from({ length: 9 }, () => statusOf(browser))))
  await before.signIn('alice', 'secret')
  expect(await all(before)).toEqual(new Set([200]))
  write(next, old)
  expect(await all(before)).toEqual(new Set([200]))
  await after.signIn('alice', 'secret')
  expect(await all(after)).toEqual(new Set([200]))
  const keyOf = (browser: BrowserClient) => browser.cookies.get('htpasswd')?.split('.')[1]
  expect(keyOf(after)).not.toBe(keyOf(before))
  write(next)
  expect(await all(before)).toEqual(new Set([401]))
  expect(await all(after)).toEqual(new Set([200]))
  await eventually(
    'the message',
    () => serve.output().includes(`${path} was read again: 1 secret`) || undefined,
  )
  write('short')
  expect(await all(after)).toEqual(new Set([200]))
  await eventually(
    'the warning',
    () => serve.output().includes('the secrets read last are still in use') || undefined,
  )
})

test('the account page creates tokens and revokes them, and takes none itself', async () => {
  const port = await freePort()
  await using serve = start(port)
  await started(serve)
  const browser = new BrowserClient(`http://127.0.0.1:${port}`)
  await browser.signIn('alice', 'secret')
  const create = {
    action: 'create-token',
    name: 'ci <b>',
    days: '30',
    scope: 'all',
    'create-current': 'secret',
  }
  expect((await browser.submit('/.htpasswd/account', { ...create, 'create-current': 'wrong' })).status).toBe(
    401,
  )
  expect((await browser.submit('/.htpasswd/account', { ...create, name: ' ' })).status).toBe(422)
  const { status, body } = await browser.submit('/.htpasswd/account', create)
  expect(status).toBe(200)
  const token = /htk_[0-9A-Za-z]{46}/.exec(body)?.[0] ?? ''
  expect(body).toContain('<strong>ci &lt;b&gt;</strong>')
  const program = new BrowserClient(`http://127.0.0.1:${port}`)
  const headers = { authorization: `Bearer ${token}` }
  expect((await program.send('GET', '/', headers)).status).toBe(200)
  expect(JSON.parse((await program.send('GET', '/.htpasswd/whoami', headers)).body)).toMatchObject({
    user: 'alice',
    kind: 'token',
  })
  expect((await program.send('GET', '/.htpasswd/account', headers)).status).toBe(403)
  const mint = {
    ...headers,
    origin: `http://127.0.0.1:${port}`,
    'content-type': 'application/x-www-form-urlencoded',
  }
  const minted = await program.send(
    'POST',
    '/.htpasswd/account',
    mint,
    new URLSearchParams(create).toString(),
  )
  expect(minted.status).toBe(403)
  const id = token.slice(4, 12)
  const revoke = { action: 'revoke-token', id, 'revoke-current': 'secret' }
  expect((await browser.submit('/.htpasswd/account', revoke)).body).toContain('Revoked.')
  const gone = await eventually('the end of the token', async () =>
    (await program.send('GET', '/', headers)).status === 401 ? true : undefined,
  )
  expect(gone).toBe(true)
})

describe('the file of the secret', () => {
  test('is created once, and read from then on', () => {
    const path = join(folder, 'new')
    const [secret] = readSecrets(path)
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(readSecrets(path)).toEqual([secret])
  })

  test('may have two lines, comments and blank lines', () => {
    const [first, second] = [newSecret(), newSecret()]
    const path = join(folder, 'two')
    writeFileSync(path, `# new\r\n${first}\r\n\n# old\n${second}`)
    expect(readSecrets(path)).toEqual([first, second])
  })

  test.each([
    ['', 'empty'],
    ['short\n', 'short'],
    [`${'x'.repeat(32)}\nshort\n`, 'half'],
  ])('%j is refused, and stays as it is', (text, name) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    expect(() => readSecrets(path)).toThrow(expect.objectContaining({ code: 'ERR_RECORD' }))
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('in a folder that is not there is named', () => {
    expect(() => readSecrets(join(folder, 'no', 'where'))).toThrow(/cannot create .*where/)
  })

  test.skipIf(process.platform === 'win32')('that others can read gets a warning', () => {
    const path = join(folder, 'open')
    writeFileSync(path, `${newSecret()}\n`, { mode: 0o644 })
    expect(secretWarnings(path)).toEqual([expect.stringContaining('mode 644')])
  })
})
