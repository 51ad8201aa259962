// A session must not exist before the flow with the provider is complete (GHSA-xg6x-h9c9-2m83), nor for another browser's
// flow, nor for an answer of another issuer (mix-up, RFC 9207).
import { afterAll, beforeEach, expect, test } from 'vitest'
import { signInAs, startOpenidGuard } from '../support/openid-guard.ts'
import { WebClient } from '../support/web-client.ts'

const guard = await startOpenidGuard()
afterAll(() => guard[Symbol.asyncDispose]())
beforeEach(() => {
  guard.notes.length = 0
})

/** A sign-in up to the callback, which is not opened. */
async function almost(name = 'ann'): Promise<{ readonly web: WebClient; readonly callback: URL }> {
  const web = new WebClient()
  web.stopAt = url => url.pathname === '/.htpasswd/oidc/callback'
  const { page } = await signInAs(guard, name, { web })
  web.stopAt = undefined
  return { web, callback: page.url }
}

/** No session, no cookie that could become one, and a page rather than a new try. */
async function expectRefused(web: WebClient, callback: URL, problem = 'openid-no-attempt'): Promise<void> {
  const before = guard.provider.asked.filter(request => request === 'POST /token').length
  const page = await web.open(callback)
  expect(page.status).toBe(400)
  expect(page.url.href).toBe(callback.href)
  expect([...web.at(guard.origin).cookies.keys()].filter(name => !name.includes('-oidc-'))).toEqual([])
  expect((await web.open(`${guard.origin}/`)).url.pathname).toBe('/.htpasswd/login')
  expect(guard.log.find(({ status }) => status === 400)?.reason).toBe(problem)
  expect(guard.notes).toHaveLength(1)
  const after = guard.provider.asked.filter(request => request === 'POST /token').length
  // nobody can make the server redeem somebody else's code
  expect(after - before).toBe(0)
  guard.log.length = 0
}

test('the callback in another browser, which has no cookie of the attempt', async () => {
  const { callback } = await almost()
  await expectRefused(new WebClient(), callback)
})

test('the state of another attempt of another browser', async () => {
  const [mine, theirs] = [await almost(), await almost()]
  const swapped = new URL(mine.callback)
  swapped.searchParams.set('state', theirs.callback.searchParams.get('state') ?? '')
  await expectRefused(mine.web, swapped)
})

test('a state with the same first characters', async () => {
  const { web, callback } = await almost()
  callback.searchParams.set('state', `${callback.searchParams.get('state')?.slice(0, 6)}${'A'.repeat(37)}`)
  await expectRefused(web, callback)
})

test('no state at all', async () => {
  const { web, callback } = await almost()
  callback.searchParams.delete('state')
  await expectRefused(web, callback)
})

test('an issuer of another provider in the answer', async () => {
  const { web, callback } = await almost()
  callback.searchParams.set('iss', 'https://evil.example')
  await expectRefused(web, callback, 'openid-invalid')
})

test('no issuer, where the provider says that it always names itself', async () => {
  const { web, callback } = await almost()
  callback.searchParams.delete('iss')
  await expectRefused(web, callback, 'openid-invalid')
})

test('a code that was used: the session that it began stays the only one', async () => {
  const { web, callback } = await almost()
  const attempt = new Map(web.at(guard.origin).cookies)
  expect((await web.open(callback)).body).toContain('hello ann@example.com')
  // the back button: the cookie of the attempt is gone
  expect((await web.open(callback)).status).toBe(400)
  // somebody who copied the cookie of the attempt too
  const thief = new WebClient()
  for (const [name, value] of attempt) thief.at(guard.origin).cookies.set(name, value)
  const page = await thief.open(callback)
  expect(page.status).toBe(400)
  expect(thief.at(guard.origin).cookies.get('htpasswd')).toBeUndefined()
  guard.log.length = 0
})

test('the code of one person in the attempt of another: PKCE', async () => {
  const [ann, eve] = [await almost(), await almost('eve')]
  const injected = new URL(ann.callback)
  injected.searchParams.set('code', eve.callback.searchParams.get('code') ?? '')
  const page = await ann.web.open(injected)
  expect(page.status).toBe(400)
  expect(ann.web.at(guard.origin).cookies.size).toBe(0)
  guard.log.length = 0
})

test('an attempt whose cookie was altered at any byte', async () => {
  const { web, callback } = await almost()
  const { cookies } = web.at(guard.origin)
  const [[name, value] = ['', '']] = [...cookies].filter(([name]) => name.includes('-oidc-'))
  for (let at = 0; at < value.length; at += 7) {
    cookies.set(name, `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`)
    expect((await web.open(callback)).status).toBe(400)
  }
  expect(cookies.has('htpasswd')).toBe(false)
})

test('an attempt of more than ten minutes ago', async () => {
  let clock = Date.now()
  await using other = await startOpenidGuard({ now: () => clock })
  const web = new WebClient()
  const start = await web.open(`${other.origin}/.htpasswd/oidc/start`)
  clock += 601_000
  const login = await web.submit(start.url, { prompt: 'login', login: 'ann', password: 'any' })
  const page = await web.submit(login.url, { prompt: 'consent' })
  expect(page.status).toBe(400)
  expect(page.body).toContain('longer than 10 minutes')
})
