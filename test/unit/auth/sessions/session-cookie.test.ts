// The session cookie in headers: its name, its attributes, and finding it among other cookies.
import { describe, expect, test } from 'vitest'
import {
  cookieName,
  cookieValues,
  formatSetCookie,
  withoutSessionCookies,
} from '../../../../src/auth/sessions/session-cookie.ts'

describe('the name', () => {
  test('is of this host alone over https', () => {
    expect(cookieName(true, '')).toBe('__Host-htpasswd')
    expect(cookieName(false, '')).toBe('htpasswd')
  })

  test('differs by prefix, since the path of the cookie cannot', () => {
    const names = ['', '/mlflow', '/lab'].map(prefix => cookieName(true, prefix))
    expect(new Set(names).size).toBe(3)
    expect(names[1]).toMatch(/^__Host-htpasswd-[A-Za-z0-9_-]{8}$/)
  })
})

test.each([
  [undefined, []],
  ['', []],
  ['htpasswd=a', ['a']],
  ['a=b; htpasswd=c; htpasswd=d', ['c', 'd']],
  ['htpasswd="q"', ['q']],
  ['htpasswd=', ['']],
  ['htpasswd', []],
  ['HTPASSWD=a', []],
  ['xhtpasswd=a; htpasswdx=b', []],
  ['a=htpasswd=c', []],
  ['__Host-htpasswd=a', []],
  [';;htpasswd=a;;', ['a']],
])('the values in %j', (header, expected) => {
  expect(cookieValues(header, 'htpasswd')).toEqual(expected)
})

test.each([
  ['a=b', 'a=b'],
  ['htpasswd=x', undefined],
  ['a=b; htpasswd=x; c=d', 'a=b; c=d'],
  ['__Host-htpasswd=x; htpasswd=y', undefined],
  ['htpasswd-Ab_d-123=x; a=b', 'a=b'],
  ['htpasswd; a=b', 'a=b'],
  ['my-htpasswd=x; htpasswd-theme=dark', 'my-htpasswd=x; htpasswd-theme=dark'],
  ['htpasswd =x;a=b', 'a=b'],
])('what an app gets of %j', (header, expected) => {
  expect(withoutSessionCookies(header)).toBe(expected)
})

test.each([
  [{ secure: true }, 'n=v; Path=/; HttpOnly; SameSite=Lax; Secure'],
  [{ secure: false }, 'n=v; Path=/; HttpOnly; SameSite=Lax'],
  [{ secure: false, maxAge: 60 }, 'n=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax'],
  [{ secure: true, maxAge: 0 }, 'n=v; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure'],
])('Set-Cookie with %j', (attributes, expected) => {
  expect(formatSetCookie('n', 'v', attributes)).toBe(expected)
})
