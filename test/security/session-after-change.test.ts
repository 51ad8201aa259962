// A session cookie that outlives its reason: the password reset (CVE-2026-40934), the sign-out (CVE-2026-34454), the user.
import { expect, test } from 'vitest'
import { SCRIPT, startLoginGuard } from '../support/login-guard.ts'

test.each([
  ['the password was changed', (users: Map<string, string>) => users.set('alice', '$2y$05$other')],
  ['the user was deleted', (users: Map<string, string>) => users.delete('alice')],
  ['the user was created again', (users: Map<string, string>) => users.set('alice', '{SHA}other')],
])('after %s the cookie is worth nothing', async (_, change) => {
  await using login = await startLoginGuard()
  const browser = await login.signedIn()
  change(login.users)
  expect((await browser.send('GET', '/', SCRIPT)).status).toBe(401)
  expect(login.guard.received.filter(({ target }) => target === '/')).toHaveLength(1)
})

test('after signing out a copy of the cookie is worth nothing, and the sign-in page says who is signed in', async () => {
  await using login = await startLoginGuard()
  const browser = await login.signedIn()
  expect((await browser.open('/.htpasswd/login')).body).toContain('You are signed in as alice.')
  const copy = browser.cookieHeader
  await browser.submit('/.htpasswd/logout', {})
  const replay = login.client()
  expect((await replay.send('GET', '/', { ...SCRIPT, cookie: copy })).status).toBe(401)
  expect((await browser.open('/.htpasswd/login')).body).not.toContain('You are signed in')
})

test('signing in as somebody else ends the session before', async () => {
  await using login = await startLoginGuard()
  const browser = await login.signedIn('alice')
  const before = browser.cookieHeader
  await browser.signIn('bob', 'correct horse')
  expect((await login.client().send('GET', '/', { ...SCRIPT, cookie: before })).status).toBe(401)
})
