// Cookies of the session's name that another page set (CVE-2024-28233), and cookies made without the secret (CVE-2018-15727).
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { deriveKey, seal } from '../../src/auth/sessions/seal.ts'
import { toByteString } from '../../src/bytes.ts'
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

test.each(['', '*', '!', '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='])(
  'what a password file has (%j) makes no cookie',
  async stored => {
    await using login = await startLoginGuard()
    login.users.set('carol', stored)
    const data = {
      id: 'A'.repeat(22),
      username: toByteString('carol'),
      signedInAt: Date.now(),
      issuedAt: Date.now(),
      staysSignedIn: true,
    }
    const [version, , payload] = seal(deriveKey(stored), 'htpasswd', data, `${stored}\n`).split('.')
    const issued = (await login.signedIn()).cookies.get('htpasswd')?.split('.')[1]
    for (const key of [stored, `${stored}\n`, '']) {
      const mac = createHmac('sha256', key).update(`1\0htpasswd\0${payload}`).digest('base64url')
      const cookie = `htpasswd=${[version, issued, payload, mac].join('.')}`
      expect((await login.client().send('GET', '/', { ...SCRIPT, cookie })).status).toBe(401)
    }
  },
)
