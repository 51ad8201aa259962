// Signing in with a certified provider: the redirects, what ends the session, and the page after a failure.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { withoutSessionCookies } from '../../../src/auth/sessions/session-cookie.ts'
import { type OpenidGuard, signInAs, startOpenidGuard } from '../../support/openid-guard.ts'
import { WebClient } from '../../support/web-client.ts'

const guard: OpenidGuard = await startOpenidGuard({ mapping: { groupsClaim: 'groups' } })
afterAll(() => guard[Symbol.asyncDispose]())
beforeEach(() => {
  guard.notes.length = 0
  guard.log.length = 0
  guard.provider.intercept = undefined
  guard.provider.accounts.clear()
  guard.users.set('ann@example.com', '*')
})

const app = async (web: WebClient) => (await web.open(`${guard.origin}/`)).body

test('the sign-in page has a button beside the password form', async () => {
  const web = new WebClient()
  const { body } = await web.open(`${guard.origin}/page?a=1`)
  expect(body).toContain('name="password"')
  expect(body).toContain(`href="/.htpasswd/oidc/start?next=${encodeURIComponent('/page?a=1')}"`)
  expect(body).toContain(`Sign in with ${new URL(guard.provider.issuer).host}`)
})

test('a verified e-mail address of the file is let in, with its groups, and goes on where it wanted', async () => {
  const { page } = await signInAs(guard, 'ann', { next: '/page?a=1#part' })
  expect(page.status).toBe(200)
  expect(page.body).toBe('hello ann@example.com of lab')
  expect(page.url.href).toBe(`${guard.origin}/page?a=1#part`)
  expect(guard.notes).toEqual([])
  // nothing of the provider's is kept: the cookie is small, and the attempt's is gone
  const begin = guard.log.find(({ path }) => path.endsWith('/callback'))
  expect(begin).toMatchObject({
    user: 'ann@example.com',
    reason: 'signed-in',
    path: '/.htpasswd/oidc/callback',
  })
})

test('one small cookie is left, and no token in it', async () => {
  const { web } = await signInAs(guard, 'ann')
  const { cookies } = web.at(guard.origin)
  expect([...cookies.keys()]).toEqual(['htpasswd'])
  expect(cookies.get('htpasswd')?.length).toBeLessThan(700)
})

test('the request has PKCE, state and nonce, and nothing from Host', async () => {
  const web = new WebClient()
  web.stopAt = url => url.origin === guard.provider.issuer
  const { url } = await web.open(`${guard.origin}/.htpasswd/oidc/start`)
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: 'code',
    client_id: 'mlflow',
    redirect_uri: `${guard.origin}/.htpasswd/oidc/callback`,
    scope: 'openid email profile groups',
    code_challenge_method: 'S256',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
  })
})

test('under another name the browser is first led to the public address, once', async () => {
  const web = new WebClient()
  const other = guard.origin.replace('127.0.0.1', 'localhost')
  const send = (path: string) =>
    web.at(guard.origin).send('GET', path, { host: new URL(other).host, accept: 'text/html' })
  const moved = await send('/.htpasswd/oidc/start?next=/page')
  expect(moved.headers.location).toBe(`${guard.origin}/.htpasswd/oidc/start?moved&next=%2Fpage`)
  const second = await send('/.htpasswd/oidc/start?moved&next=%2Fpage')
  expect(second.headers.location).toContain(guard.provider.issuer)
})

test('only a browser that opens a page is sent to the provider', async () => {
  const web = new WebClient()
  const start = `/.htpasswd/oidc/start`
  for (const headers of [{ 'sec-fetch-mode': 'cors' }, { accept: '*/*' }])
    expect((await web.at(guard.origin).send('GET', start, headers)).status).toBe(400)
})

test('deleting the line ends the session; a new line does not bring it back unless it is the same', async () => {
  const { web } = await signInAs(guard, 'ann')
  guard.users.delete('ann@example.com')
  expect(await app(web)).toContain('<form')
  guard.users.set('ann@example.com', '!')
  expect(await app(web)).toContain('<form')
})

test('two tabs at a time, finished in either order', async () => {
  const web = new WebClient()
  web.stopAt = url => url.pathname === '/.htpasswd/oidc/callback'
  const back = async (next: string) => (await signInAs(guard, 'ann', { web, next })).page.url
  const first = await back('/one')
  const second = await back('/two')
  web.stopAt = undefined
  expect((await web.open(second)).url.pathname).toBe('/two')
  expect((await web.open(first)).url.pathname).toBe('/one')
})

test('at most three attempts are kept, the oldest is dropped', async () => {
  const web = new WebClient()
  web.stopAt = url => url.origin === guard.provider.issuer
  const starts = []
  for (let i = 0; i < 5; i++) starts.push((await web.open(`${guard.origin}/.htpasswd/oidc/start`)).url)
  const names = starts.map(url => `htpasswd-oidc-${url.searchParams.get('state')?.slice(0, 6)}`)
  expect(new Set(web.at(guard.origin).cookies.keys())).toEqual(new Set(names.slice(2)))
})

test('the app gets no cookie of an attempt', async () => {
  const web = new WebClient()
  web.stopAt = url => url.origin === guard.provider.issuer
  await web.open(`${guard.origin}/.htpasswd/oidc/start`)
  const { cookieHeader } = web.at(guard.origin)
  expect(cookieHeader).toContain('htpasswd-oidc-')
  expect(withoutSessionCookies(`${cookieHeader}; theirs=1`)).toBe('theirs=1')
})

describe('a failure has a page with a button, a status and a line in the log', () => {
  test('a user whom the file does not have', async () => {
    const { web, page } = await signInAs(guard, 'eve')
    expect(page.status).toBe(403)
    expect(page.body).toContain('this server has no user')
    expect(page.body).toContain('href="/.htpasswd/login"')
    expect(guard.notes).toEqual([expect.stringMatching(/eve@example\.com is no user of the password file/)])
    expect(web.at(guard.origin).cookies.size).toBe(0)
    expect(guard.log.at(-1)).toMatchObject({ status: 403, reason: 'openid-unknown-user', user: undefined })
  })

  test('an address that is not verified', async () => {
    guard.provider.accounts.set('ann', { email_verified: false })
    const { page } = await signInAs(guard, 'ann')
    expect(page.status).toBe(403)
    expect(guard.notes[0]).toMatch(/not verified/)
  })

  test('consent refused', async () => {
    const web = new WebClient()
    const start = await web.open(`${guard.origin}/.htpasswd/oidc/start`)
    const page = await web.open(`${start.url.href}/abort`)
    expect(page.status).toBe(403)
    expect(page.body).toContain('did not sign you in')
    expect(guard.notes[0]).toMatch(/access_denied/)
    expect(web.at(guard.origin).cookies.size).toBe(0)
  })

  test('the provider is down at the start: passwords work, and the button says so', async () => {
    await using other = await startOpenidGuard()
    other.provider.intercept = (_, res) => {
      res.writeHead(503).end()
      return true
    }
    const web = new WebClient()
    const start = await web.open(`${other.origin}/.htpasswd/oidc/start`)
    expect(start.status).toBe(503)
    expect(start.body).toContain('cannot be reached')
    expect(other.notes[0]).toMatch(/openid-configuration cannot be read: status 503/)
    expect((await web.open(`${other.origin}/`)).body).toContain('A user name and password still work.')
    expect((await web.at(other.origin).signIn('alice', 'correct horse')).body).toContain('hello alice')
  })

  describe('clocks that differ', () => {
    /** A sign-in at a guard whose clock is ahead; the provider's ID tokens are valid for an hour. */
    async function withClockAhead(seconds: number) {
      const other = await startOpenidGuard({ now: () => Date.now() + seconds * 1000 })
      return { other, ...(await signInAs(other, 'ann')) }
    }

    test('by less than the tolerance after the end of the ID token', async () => {
      const { other, page } = await withClockAhead(3630)
      expect(page.body).toContain('hello ann@example.com')
      await other[Symbol.asyncDispose]()
    })

    test('by more: the page and the log say so, and by how much', async () => {
      const { other, page } = await withClockAhead(7200)
      expect(page.status).toBe(500)
      expect(page.body).toMatch(/the clocks of the two servers differ\. This server’s clock says \w{3}, \d/)
      expect(other.notes).toEqual([
        expect.stringMatching(
          /"exp" \(expiration time\).*: it is \S+Z here and \S+Z at the provider; one of the clocks is wrong by 120 minutes$/,
        ),
      ])
      expect(other.log.at(-1)).toMatchObject({ status: 500, reason: 'openid-clock' })
      await other[Symbol.asyncDispose]()
    })
  })

  test('the provider goes down before the code is redeemed', async () => {
    const web = new WebClient()
    guard.provider.intercept = (req, res) => {
      if (req.url !== '/token') return false
      res.destroy()
      return true
    }
    const { page } = await signInAs(guard, 'ann', { web })
    expect(page.status).toBe(503)
    expect(web.at(guard.origin).cookies.size).toBe(0)
  })
})

test('agreeing is enough where the provider remembers the person', async () => {
  const { web } = await signInAs(guard, 'ann')
  const again = await web.open(`${guard.origin}/.htpasswd/oidc/start?next=/again`)
  expect(again.url.pathname).toBe('/again')
  expect(again.body).toContain('hello ann@example.com')
})

test('signing out goes on at the provider, which leads back', async () => {
  const { web } = await signInAs(guard, 'ann')
  const page = await web.submit(`${guard.origin}/.htpasswd/logout`, {})
  const target = new URL(String(page.headers.refresh).replace('0; url=', ''))
  expect(target.origin).toBe(guard.provider.issuer)
  expect(Object.fromEntries(target.searchParams)).toEqual({
    client_id: 'mlflow',
    post_logout_redirect_uri: `${guard.origin}/.htpasswd/logout`,
  })
  const confirm = await web.open(target)
  const xsrf = /name="xsrf" value="(\w+)"/.exec(confirm.body)?.[1] ?? ''
  const back = await web.submit(`${guard.provider.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
  expect(back.url.href).toBe(`${guard.origin}/.htpasswd/logout`)
  expect(back.body).toContain('You are not signed in')
  // the provider asks again
  const start = await web.open(`${guard.origin}/.htpasswd/oidc/start`)
  expect(start.url.origin).toBe(guard.provider.issuer)
})

test('a sign-out at the provider ends the session here, and a new one can begin', async () => {
  const { web } = await signInAs(guard, 'ann')
  expect(await app(web)).toContain('hello ann')
  const confirm = await web.open(`${guard.provider.issuer}/session/end`)
  const xsrf = /name="xsrf" value="(\w+)"/.exec(confirm.body)?.[1] ?? ''
  await web.submit(`${guard.provider.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
  expect(guard.notes).toEqual([])
  expect(await app(web)).toContain('Your session has ended')
  const { page } = await signInAs(guard, 'ann', { web })
  expect(page.body).toContain('hello ann@example.com')
})

test('a public client has no secret, and below a prefix all addresses have it', async () => {
  await using other = await startOpenidGuard({ client: 'public', prefix: '/mlflow' })
  const { page } = await signInAs(other, 'ann', { next: '/mlflow/page' })
  expect(other.notes).toEqual([])
  expect(page.body).toContain('hello ann@example.com')
})

test('any: a provider’s user without a line, by a rule', async () => {
  await using other = await startOpenidGuard({ mapping: { users: 'any', allow: ['domain:example.com'] } })
  const { page } = await signInAs(other, 'zoe')
  expect(page.body).toContain('hello zoe@example.com')
})
