// A sign-in page that leads to another host (CVE-2026-33709, CVE-2019-10255): what comes out as Location, over the wire.
// test/unit/http/login/next.test.ts has the table of all spellings.
import { expect, test } from 'vitest'
import { startLoginGuard } from '../support/login-guard.ts'

test('wherever next points, the browser stays', async () => {
  await using login = await startLoginGuard()
  const browser = await login.signedIn()
  const spellings = [
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
  ]
  spellings.push(
    'https://evil.example',
    'javascript:alert(1)',
    '/%2e//evil.example',
    '/\r\nLocation: //evil.example',
  )
  for (const next of spellings) {
    const path = `/.htpasswd/login?signed-in&next=${encodeURIComponent(next)}`
    const { status, headers } = await browser.send('GET', path)
    expect([status, headers.location], next).toEqual([303, '/'])
  }
})

test('nor does the redirect to the page lead away', async () => {
  await using login = await startLoginGuard()
  for (const target of ['//evil.example/', '/\\evil.example', '/.htpasswd/logout']) {
    const { headers } = await login.client().send('GET', target, { accept: 'text/html' })
    expect(headers.location ?? '/.htpasswd/login', target).toBe('/.htpasswd/login')
  }
})
