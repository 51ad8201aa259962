// Sign-in with a second certified provider, of another vendor: its issuer ends with a slash, it needs a client secret, it has
// the e-mail address only at its userinfo endpoint, and it does not name itself in the answer (RFC 9207).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually, freePort, type Program, skipReason, startProgram } from '../support/outside-program.ts'
import { runBin } from '../support/run.ts'
import { WebClient, type WebReply } from '../support/web-client.ts'
import { startZitadel, ZITADEL_PASSWORD, type Zitadel, zitadelServer } from '../support/zitadel.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const missing = skipReason({ 'ZITADEL’s server in .cache/zitadel': zitadelServer })

describe.skipIf(missing)('ZITADEL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zitadel-guard-'))
  let origin: string
  let provider: Zitadel
  let serve: Program
  let options: string[]
  /** What the pages said before the provider was up. */
  let early: { readonly start: WebReply; readonly login: WebReply }

  beforeAll(async () => {
    writeFileSync(join(folder, 'users'), 'ann@example.com:*\n')
    writeFileSync(join(folder, 'client-secret'), 'secret\n')
    const port = await freePort()
    origin = `http://127.0.0.1:${port}`
    const providerPort = await freePort()
    options = [
      ...[
        '--public-url',
        origin,
        '--oidc-issuer',
        `http://localhost:${providerPort}/`,
        '--oidc-client-id',
        'web',
      ],
      ...['--oidc-client-secret-file', 'client-secret'],
    ]
    serve = startProgram(
      process.execPath,
      [bin, 'serve', 'users', '--demo', '--login', '--listen', `127.0.0.1:${port}`, ...options],
      { cwd: folder },
    )
    await eventually('the start', () => serve.output().includes('Guarding') || undefined)
    const open = (path: string) => new WebClient().open(origin + path)
    early = { start: await open('/.htpasswd/oidc/start'), login: await open('/') }
    provider = await startZitadel(origin, providerPort)
    // the pauses between two attempts grow from 1 second
    await eventually(
      'the recovery',
      async () => (await open('/.htpasswd/oidc/start')).status === 200 || undefined,
    )
  })
  afterAll(async () => {
    await serve?.[Symbol.asyncDispose]()
    await provider?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  let web: WebClient
  beforeEach(() => {
    web = new WebClient()
  })

  /** From the button to where the provider leads back to. */
  async function signIn(username = 'ann', next = '/'): Promise<WebReply> {
    const page = await web.open(`${origin}/.htpasswd/oidc/start?next=${encodeURIComponent(next)}`)
    expect(page.url.origin).toBe(new URL(provider.issuer).origin)
    const id = page.url.searchParams.get('authRequestID') ?? ''
    return web.submit(new URL('/login/username', page.url), { id, username, password: ZITADEL_PASSWORD })
  }
  const callbackOf = async (): Promise<URL> => {
    web.stopAt = url => url.pathname === '/.htpasswd/oidc/callback'
    const { url } = await signIn()
    web.stopAt = undefined
    return url
  }
  const hasSession = (): boolean => web.at(origin).cookies.has('htpasswd')

  test('it was down at the start: the pages and the log said so, and no restart was needed', () => {
    expect(early.start.status).toBe(503)
    expect(early.login.body).toContain('A user name and password still work.')
    expect(early.login.body).toContain('name="password"')
    expect(serve.output()).toMatch(
      /openid-configuration cannot be read: ECONNREFUSED; passwords work meanwhile/,
    )
  })

  test('openid check finds nothing missing', async () => {
    const { status, stdout } = await runBin(['openid', 'check', 'users', ...options], { cwd: folder })
    expect(stdout).toContain('Nothing is missing.')
    expect(status).toBe(0)
  })

  test('a user of the file is let in, and goes on where she wanted', async () => {
    const page = await signIn('ann', '/page?a=1')
    expect(page.url.href).toBe(`${origin}/page?a=1`)
    expect(page.body).toContain('ann@example.com')
    expect([...web.at(origin).cookies.keys()]).toEqual(['htpasswd'])
  })

  test('a user whom the file does not have gets a page that says so', async () => {
    const page = await signIn('eve')
    expect([page.status, hasSession()]).toEqual([403, false])
    expect(serve.output()).toContain('eve@example.com is no user of the password file')
  })

  test('an answer in the name of another issuer', async () => {
    const callback = await callbackOf()
    callback.searchParams.set('iss', 'https://evil.example')
    expect([(await web.open(callback)).status, hasSession()]).toEqual([400, false])
  })

  test('the answer to another browser, and the same answer twice', async () => {
    const callback = await callbackOf()
    const other = new WebClient()
    expect((await other.open(callback)).status).toBe(400)
    expect((await web.open(callback)).status).toBe(200)
    expect((await web.open(callback)).status).toBe(400)
    expect(hasSession()).toBe(true)
  })
})
