// The sign-in page, sign-out and the account page, over loopback, with a password file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword, verifyPassword } from '../../../src/hash/hash-password.ts'
import { HtpasswdFile } from '../../../src/store/htpasswd-file.ts'
import { ACCEPT_HTML, BrowserClient } from '../../support/browser-client.ts'
import { startLoginGuard } from '../../support/login-guard.ts'
import { basic, readUntil, TestGuard } from '../../support/test-guard.ts'

const folder = mkdtempSync(join(tmpdir(), 'login-'))
const path = join(folder, 'users')
const PASSWORD = 'correct horse'
const HOUR = 3_600_000
const clock = { now: Date.UTC(2026, 10, 28) }

let guard: TestGuard
let file: HtpasswdFile

const hash = await hashPassword(PASSWORD, { format: 'sha1' })
const writeUsers = (): void => writeFileSync(path, `alice:${hash}\nbob:${hash}\n`)

beforeAll(async () => {
  writeUsers()
  file = await HtpasswdFile.open(path)
  guard = await TestGuard.start({
    realm: 'The lab',
    users: { get: (name: string | Uint8Array) => file.get(name) },
    login: { file: path, secret: 's'.repeat(32), text: 'Ask <Ann> for an account.' },
    authenticator: { maxFailures: 0 },
    parts: { login: { now: () => clock.now } },
    app: (req, res) => {
      if (req.url === '/stream') {
        res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: open\n\n')
        return
      }
      if (req.url === '/public') res.setHeader('cache-control', 'public, max-age=60')
      res.end(JSON.stringify({ url: req.url, headers: req.headers }))
    },
  })
})
afterAll(async () => {
  await guard[Symbol.asyncDispose]()
  await file[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const client = () => new BrowserClient(guard.url)
async function signedIn(user = 'alice'): Promise<BrowserClient> {
  const browser = client()
  expect((await browser.signIn(user, PASSWORD)).status).toBe(200)
  return browser
}

describe('who is not signed in', () => {
  test('is led to the sign-in page, with the address to go on to', async () => {
    const reply = await client().send('GET', '/x?y=z', { accept: ACCEPT_HTML })
    expect(reply.status).toBe(303)
    expect(reply.headers.location).toBe('/.htpasswd/login?next=%2Fx%3Fy%3Dz')
    expect(reply.headers['www-authenticate']).toBeUndefined()
    expect(reply.headers['cache-control']).toBe('no-store')
  })

  test('as a script gets 401 in MLflow’s form, without a dialog', async () => {
    const reply = await client().send('GET', '/x', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' })
    expect(reply.status).toBe(401)
    expect(reply.headers['www-authenticate']).toBe('Bearer realm="The lab"')
    expect(JSON.parse(reply.body)).toMatchObject({ error_code: 'UNAUTHENTICATED' })
  })

  test('as a program gets the challenge, and may send the password as before', async () => {
    expect((await client().send('GET', '/x')).headers['www-authenticate']).toMatch(/^Basic /)
    const headers = { authorization: basic('alice', PASSWORD) }
    expect((await client().send('GET', '/x', headers)).status).toBe(200)
  })

  test('with a wrong Authorization is refused, whatever cookie comes with it', async () => {
    const browser = await signedIn()
    const wrong = await browser.send('GET', '/x', { authorization: basic('alice', 'wrong') })
    expect(wrong.status).toBe(401)
    const other = await browser.send('GET', '/x', { authorization: 'Bearer x' })
    expect(other.status).toBe(401)
  })
})

describe('the sign-in page', () => {
  test('has the realm, the text and the fields, and no cache may keep it', async () => {
    const { status, headers, body } = await client().open('/.htpasswd/login?next=/x')
    expect(status).toBe(200)
    expect(body).toContain('<h1>The lab</h1>')
    expect(body).toContain('Ask &lt;Ann&gt; for an account.')
    expect(body).toContain('autocomplete="current-password"')
    expect(body).toContain('name="next" value="/x"')
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    })
    const policy = headers['content-security-policy']
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-\S+ 'sha256-\S+; script-src 'sha256-\S+;/)
    expect(policy).toContain("form-action 'self'; frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
  })

  test('signs in, and leads on', async () => {
    const browser = client()
    const reply = await browser.signIn('alice', PASSWORD, { next: '/x?y=z' })
    expect(JSON.parse(reply.body)).toMatchObject({ url: '/x?y=z' })
    expect([...browser.cookies.keys()]).toEqual(['htpasswd'])
  })

  test('sends the fragment of the address on', async () => {
    const browser = client()
    const form = 'username=alice&password=correct+horse&next=%2F%23%2Fexperiments%2F1'
    const headers = { origin: guard.url, 'content-type': 'application/x-www-form-urlencoded' }
    const first = await browser.send('POST', '/.htpasswd/login', headers, form)
    expect(first.status).toBe(303)
    const second = await browser.send('GET', first.headers.location ?? '')
    expect(second.headers.location).toBe('/#/experiments/1')
  })

  test.each([
    ['alice', 'wrong'],
    ['nobody', PASSWORD],
    ['', ''],
    ['alice"><script>', 'x'],
  ])('says the same to %s with %s, without a challenge', async (user, password) => {
    const browser = client()
    const { status, headers, body } = await browser.signIn(user, password, { next: '/x', stay: 'yes' })
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toBeUndefined()
    expect(body).toContain('role="alert">The user name or the password is wrong.')
    expect(body).toContain('name="next" value="/x"')
    expect(body).toContain('value="yes" checked')
    expect(body).not.toContain('"><script>')
    expect(body).not.toContain(`value="${password || PASSWORD}"`)
    expect(browser.cookies.size).toBe(0)
  })

  test('says so where the browser does not keep the cookie', async () => {
    const browser = client()
    const headers = { origin: guard.url, 'content-type': 'application/x-www-form-urlencoded' }
    const first = await browser.send(
      'POST',
      '/.htpasswd/login',
      headers,
      'username=alice&password=correct+horse',
    )
    browser.cookies.clear()
    expect((await browser.open(first.headers.location ?? '')).body).toContain('did not keep the cookie')
  })

  test('shows who is signed in already', async () => {
    const browser = await signedIn()
    expect((await browser.open('/.htpasswd/login')).body).toContain('You are signed in as alice.')
  })

  test('"stay signed in" gives a cookie that outlives the browser', async () => {
    const headers = { origin: guard.url, 'content-type': 'application/x-www-form-urlencoded' }
    const form = 'username=alice&password=correct+horse&stay=yes'
    const reply = await client().send('POST', '/.htpasswd/login', headers, form)
    expect(reply.headers['set-cookie']).toEqual([
      expect.stringMatching(/^htpasswd=1\.\S+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/),
    ])
  })
})

describe('the session', () => {
  test('opens the app, which gets the user but never the cookie', async () => {
    const browser = await signedIn()
    browser.cookies.set('theme', 'dark')
    const { headers, body } = await browser.open('/x')
    expect(JSON.parse(body).headers.cookie).toBe('theme=dark')
    expect(headers['cache-control']).toBe('private')
    expect((await browser.open('/public')).headers['cache-control']).toBe('public, max-age=60')
  })

  test('is issued again as it ages, and tells shared caches', async () => {
    const browser = await signedIn()
    const before = browser.cookies.get('htpasswd')
    clock.now += 2 * HOUR
    const { headers } = await browser.open('/public')
    expect(headers['set-cookie']).toHaveLength(1)
    expect(headers['cache-control']).toBe('public, max-age=60, private')
    expect(browser.cookies.get('htpasswd')).not.toBe(before)
  })

  test('ends without requests, and the page says so', async () => {
    const browser = await signedIn()
    clock.now += 12 * HOUR
    const { status, body } = await browser.open('/x')
    expect(status).toBe(200)
    expect(body).toContain('Your session has ended. Sign in again to go on.')
  })

  test('ends at once with the user', async () => {
    const browser = await signedIn('bob')
    await HtpasswdFile.update(path, document => document.delete('bob'))
    const script = { 'sec-fetch-mode': 'cors' }
    expect((await browser.send('GET', '/x', script)).status).toBe(401)
    writeUsers()
  })

  test('cuts its event stream at sign-out, within a second or two', async () => {
    const browser = await signedIn()
    const socket = guard.connect()
    socket.write(`GET /stream HTTP/1.1\r\nHost: x\r\nCookie: ${browser.cookieHeader}\r\n\r\n`)
    expect(await readUntil(socket, 'data: open')).toContain('200 OK')
    await browser.submit('/.htpasswd/logout', {})
    const start = performance.now()
    await readUntil(socket, 'never')
    expect(performance.now() - start).toBeLessThan(2500)
  })
})

describe('signing out', () => {
  test('ends the session, in another tab too', async () => {
    const browser = await signedIn()
    const tab = client()
    tab.cookies.set('htpasswd', browser.cookies.get('htpasswd') ?? '')
    expect((await browser.open('/.htpasswd/logout')).body).toContain('You are signed in as alice.')
    expect((await tab.open('/x')).status).toBe(200)
    const reply = await browser.submit('/.htpasswd/logout', {})
    expect(reply.body).toContain('You are signed out')
    expect(browser.cookies.size).toBe(0)
    expect((await tab.send('GET', '/x', { 'sec-fetch-mode': 'cors' })).status).toBe(401)
  })

  test('is not done by a link', async () => {
    const browser = await signedIn()
    await browser.open('/.htpasswd/logout')
    expect((await browser.open('/x')).body).toContain('"url":"/x"')
  })

  test('twice is no error', async () => {
    expect((await client().submit('/.htpasswd/logout', {})).status).toBe(200)
    expect((await client().open('/.htpasswd/logout')).body).toContain('You are not signed in.')
  })
})

describe('the account page', () => {
  const change = { action: 'password', current: PASSWORD, next: 'nine black cats', repeat: 'nine black cats' }

  test('shows who is signed in, and asks whoever is not', async () => {
    const browser = await signedIn()
    expect((await browser.open('/.htpasswd/account')).body).toContain('<dd>alice</dd>')
    const reply = await client().send('GET', '/.htpasswd/account', { accept: ACCEPT_HTML })
    expect(reply.headers.location).toBe('/.htpasswd/login?next=%2F.htpasswd%2Faccount')
  })

  test('changes the password; other sessions end, this one goes on', async () => {
    const [browser, other] = [await signedIn(), await signedIn()]
    const { status, body } = await browser.submit('/.htpasswd/account', change)
    expect(status).toBe(200)
    expect(body).toContain('The password was changed.')
    const stored = (await HtpasswdFile.open(path)).get('alice') ?? ''
    expect(stored).toMatch(/^\$2y\$12\$/)
    expect(await verifyPassword('nine black cats', stored)).toBe(true)
    expect((await browser.send('GET', '/x')).status).toBe(200)
    expect((await other.send('GET', '/x', { 'sec-fetch-mode': 'cors' })).status).toBe(401)
    writeUsers()
  })

  test.each([
    [{ current: 'wrong' }, 401, 'The current password is wrong.'],
    [{ next: 'seven77', repeat: 'seven77' }, 422, 'too short'],
    [{ next: 'password1', repeat: 'password1' }, 422, 'easy to guess'],
    [{ next: 'alice2026', repeat: 'alice2026' }, 422, 'easy to guess'],
    [{ repeat: 'nine black cat' }, 422, 'not the same'],
    [{ next: PASSWORD, repeat: PASSWORD }, 422, 'is the current one'],
    [{ next: 'a\u0001bcdefghi', repeat: 'a\u0001bcdefghi' }, 422, 'cannot be typed'],
    [{ next: 'é'.repeat(128), repeat: 'é'.repeat(128) }, 422, 'at most 255 bytes'],
    [{ current: '' }, 401, 'The current password is wrong.'],
  ])('%j: %i, and nothing changes', async (fields, status, text) => {
    const browser = await signedIn()
    const reply = await browser.submit('/.htpasswd/account', { ...change, ...fields })
    expect([reply.status, reply.body.includes(text)]).toEqual([status, true])
    expect(readFileSync(path, 'utf8')).toContain(`alice:${hash}`)
  })

  test('takes no name from the form', async () => {
    const browser = await signedIn()
    await browser.submit('/.htpasswd/account', {
      ...change,
      username: 'bob',
      user: 'bob',
      'shown-user': 'bob',
    })
    expect(readFileSync(path, 'utf8')).toContain(`bob:${hash}`)
    writeUsers()
  })
})

test('for users without a file the account page says that it cannot change their passwords', async () => {
  await using other = await startLoginGuard()
  const browser = await other.signedIn()
  const { body } = await browser.open('/.htpasswd/account')
  expect(body).toContain('<dd>alice</dd>')
  expect(body).toContain('they cannot be changed on this page. To change your password, ask ')
  expect(body).not.toMatch(/<form method="post" action="\/\.htpasswd\/account"/)
  const change = { action: 'password', current: PASSWORD, next: 'nine black cats', repeat: 'nine black cats' }
  const reply = await browser.submit('/.htpasswd/account', change)
  expect([reply.status, reply.body.includes('cannot be changed on this page')]).toEqual([400, true])
})

describe('whoami', () => {
  test('is JSON for everyone who is signed in', async () => {
    const browser = await signedIn()
    expect(JSON.parse((await browser.send('GET', '/.htpasswd/whoami')).body)).toEqual({
      user: 'alice',
      groups: [],
      kind: 'session',
      scope: 'all',
      expires: expect.stringMatching(/^2026-/),
    })
    const headers = { authorization: basic('alice', PASSWORD) }
    const reply = await client().send('GET', '/.htpasswd/whoami', headers)
    expect(JSON.parse(reply.body)).toMatchObject({ user: 'alice', kind: 'password', expires: null })
  })

  test('is 401 as JSON for anybody else, a browser too', async () => {
    const reply = await client().send('GET', '/.htpasswd/whoami', { accept: ACCEPT_HTML })
    expect([reply.status, JSON.parse(reply.body).error_code]).toEqual([401, 'UNAUTHENTICATED'])
  })
})

test('the access log has who signed in and out, and never a password or cookie', async () => {
  guard.log.length = 0
  const browser = await signedIn()
  await browser.submit('/.htpasswd/logout', {})
  await client().signIn('alice', 'wrong')
  const entries = (await guard.logged(5)).map(({ user, path: where, status, reason }) =>
    [user, where, status, reason].join(' '),
  )
  expect(entries).toEqual([
    'alice /.htpasswd/login 303 signed-in',
    ' /.htpasswd/login 303 sign-in',
    'alice / 200 ',
    'alice /.htpasswd/logout 200 signed-out',
    ' /.htpasswd/login 401 rejected',
  ])
})
