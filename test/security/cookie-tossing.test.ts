// Cookies of the session's name that another page set (CVE-2024-28233).
import { expect, test } from 'vitest'
import { SCRIPT, startLoginGuard } from '../support/login-guard.ts'

test('a second cookie of the name, before or behind, leaves the user signed in as the right one', async () => {
  await using login = await startLoginGuard()
  const [alice, bob] = [await login.signedIn('alice'), await login.signedIn('bob')]
  const own = alice.cookieHeader
  for (const tossed of ['htpasswd=', 'htpasswd=x', 'htpasswd=1.AAAAAAAA.AA.AA', '__Host-htpasswd=x']) {
    for (const cookie of [`${tossed}; ${own}`, `${own}; ${tossed}`]) {
      const reply = await login.client().send('GET', '/.htpasswd/whoami', { ...SCRIPT, cookie })
      expect(JSON.parse(reply.body).user, cookie).toBe('alice')
    }
  }
  // of two that are valid the first counts: browsers send the one of the longer path first, and ours has the path /
  const both = await login
    .client()
    .send('GET', '/.htpasswd/whoami', { cookie: `${own}; ${bob.cookieHeader}` })
  expect(JSON.parse(both.body).user).toBe('alice')
})
