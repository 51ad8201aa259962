// Forms of other sites that sign a person in or out, or change an account (CVE-2026-40864, CVE-2026-40110).
import { expect, test } from 'vitest'
import { startLoginGuard } from '../support/login-guard.ts'
import { PASSWORD } from '../support/test-guard.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded', host: 'lab.example' }
const foreign = [
  {},
  { origin: 'null' },
  { origin: 'https://evil.example' },
  { origin: 'http://lab.example.evil.example' },
  { origin: 'https://lab.example' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  { 'sec-fetch-site': 'same-site', origin: 'http://lab.example' },
  { 'sec-fetch-site': 'none' },
]

test.each(['login', 'logout', 'account'])('/.htpasswd/%s takes no form of another page', async page => {
  await using login = await startLoginGuard()
  const browser = await login.signedIn()
  const body = `username=bob&password=${encodeURIComponent(PASSWORD)}&action=password&current=x`
  for (const headers of foreign) {
    const reply = await browser.send('POST', `/.htpasswd/${page}`, { ...form, ...headers }, body)
    expect([reply.status, reply.headers['set-cookie']], JSON.stringify(headers)).toEqual([403, undefined])
  }
  const own = { ...form, origin: 'http://lab.example' }
  expect((await browser.send('POST', `/.htpasswd/${page}`, own, body)).status).not.toBe(403)
})

test('only a form is taken, and only below 8 KB', async () => {
  await using login = await startLoginGuard()
  const send = (type: string, body: string) =>
    login.client().send('POST', '/.htpasswd/login', { origin: login.guard.url, 'content-type': type }, body)
  expect((await send('application/json', '{"username":"alice"}')).status).toBe(415)
  expect((await send('text/plain', 'username=alice')).status).toBe(415)
  expect((await send('multipart/form-data; boundary=x', '--x--')).status).toBe(415)
  expect((await send(form['content-type'], `username=${'a'.repeat(9000)}`)).status).toBe(413)
})
