// Session cookies made without the server's secret, from what the password file has (CVE-2018-15727: Grafana's key came from the
// user's row alone, which was empty for some).
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { deriveKey, seal } from '../../src/auth/sessions/seal.ts'
import { toByteString } from '../../src/bytes.ts'
import { SCRIPT, startLoginGuard } from '../support/login-guard.ts'

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
