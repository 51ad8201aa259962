// Ways past the throttle of the sign-in form: another door, another spelling (CVE-2026-47203, CVE-2025-71399), a spoofed address
// (CVE-2023-36456, CVE-2024-47070; greenpau/caddy-security#266, #269, #270), a name of a megabyte (CVE-2026-54338).
import { expect, test } from 'vitest'
import { startLoginGuard } from '../support/login-guard.ts'
import { basic } from '../support/test-guard.ts'

test('form and Basic share one counter, for each user and in all spellings', async () => {
  await using login = await startLoginGuard()
  const browser = login.client()
  const statuses: number[] = []
  for (let i = 0; i < 6; i++) statuses.push((await browser.signIn('alice', `guess ${i}`)).status)
  for (let i = 6; i < 12; i++)
    statuses.push((await browser.send('GET', '/', { authorization: basic('alice', `guess ${i}`) })).status)
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
  const { status, headers, body } = await browser.signIn('alice', 'guess 12')
  expect([status, Number(headers['retry-after']) > 0]).toEqual([429, true])
  expect(body).toMatch(/Wait \d+ seconds/)
})

test.each([
  '//.htpasswd/login',
  '/.htpasswd/login/',
  '/.htpasswd//login',
  '/.HTPASSWD/login',
  '/%2ehtpasswd/login',
])('%s signs nobody in', async path => {
  await using login = await startLoginGuard()
  const reply = await login.client().submit(path, { username: 'alice', password: 'correct horse' })
  expect(reply.headers['set-cookie']).toBeUndefined()
  expect(reply.status).toBeGreaterThanOrEqual(400)
  expect(login.guard.received).toEqual([])
})

test('X-Forwarded-* of anybody changes neither the counter nor the cookie nor the redirect', async () => {
  await using login = await startLoginGuard()
  const browser = login.client()
  const spoofed = (i: number) => ({
    accept: 'text/html',
    origin: login.guard.url,
    'content-type': 'application/x-www-form-urlencoded',
    'x-forwarded-for': `192.0.2.${i}`,
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
  })
  const right = await browser.send(
    'POST',
    '/.htpasswd/login',
    spoofed(0),
    'username=alice&password=correct+horse',
  )
  expect(right.headers.location).toMatch(/^\/\.htpasswd\/login\?/)
  expect(right.headers['set-cookie']?.[0]).toMatch(/^htpasswd=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/)
  const statuses: number[] = []
  for (let i = 1; i <= 12; i++)
    statuses.push(
      (await browser.send('POST', '/.htpasswd/login', spoofed(i), `username=bob&password=${i}`)).status,
    )
  expect(statuses.slice(10)).toEqual([429, 429])
})

test('an address that cannot be read, from a trusted proxy, still counts', async () => {
  await using login = await startLoginGuard({ trustProxy: ['127.0.0.1'] })
  const headers = {
    origin: login.guard.url,
    'content-type': 'application/x-www-form-urlencoded',
    'x-forwarded-for': 'garbage',
  }
  const statuses: number[] = []
  for (let i = 0; i < 12; i++)
    statuses.push(
      (await login.client().send('POST', '/.htpasswd/login', headers, `username=bob&password=${i}`)).status,
    )
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
})

test('a long name is neither looked up nor logged', async () => {
  await using login = await startLoginGuard()
  expect((await login.client().signIn('a'.repeat(1_000_000), 'x')).status).toBe(413)
  expect((await login.client().signIn('a'.repeat(4000), 'x')).status).toBe(401)
  for (const entry of await login.guard.logged(2)) expect(JSON.stringify(entry).length).toBeLessThan(1024)
})
