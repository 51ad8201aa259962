// The page to open after a sign-in never leads to another host.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkNext, loginAddress } from '../../../../src/http/login/next.ts'

describe('a path of this host is gone on to', () => {
  test.each([
    '/',
    '/a',
    '/a/b?c=d&e=%2F%2Fevil.example',
    '/#/experiments/1/runs/2',
    '/a#b',
    '/?next=//evil.example',
    '/a/../b',
    '/%C3%BC',
    '/.htpasswd/account',
    '/.htpasswdx',
    '/a//b',
    '/a:b@c',
    `/${'a'.repeat(2047)}`,
  ])('%s', next => expect(checkNext(next, '')).toBe(next))
})

describe('any other spelling leads to the root', () => {
  test.each([
    '',
    ' ',
    'a',
    'evil.example',
    '//evil.example',
    '///evil.example',
    '////evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    '/ /evil.example',
    '/\u0000/evil.example',
    '/\u00a0/evil.example',
    '/\u2028/evil.example',
    '/\u3000/evil.example',
    '/a\\b',
    '/..//evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e%2e//evil.example',
    '/%2E//evil.example',
    'http://evil.example',
    'https:evil.example',
    'https:/evil.example',
    'HTTPS://evil.example',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    '/\u0009javascript:alert(1)',
    'data:text/html,x',
    'blob:https://evil.example/x',
    '@evil.example',
    '?next=/',
    '#a',
    '.',
    '..//evil.example',
    '/.htpasswd/login',
    '/.htpasswd/logout',
    '/.htpasswd/login?next=/',
    '/.htpasswd',
    '/.htpasswd/',
    '/.HTPASSWD/logout',
    '/%2ehtpasswd/logout',
    '/.htpassw%64/logout',
    '/a/../.htpasswd/logout',
    '/.htpasswd/account/../logout',
    `/${'a'.repeat(2048)}`,
    '/ü',
  ])('%j', next => expect(checkNext(next, '')).toBe('/'))

  test.each([null, undefined])('%s', next => expect(checkNext(next, '')).toBe('/'))
})

test.each([
  ['/mlflow/', '/mlflow/'],
  ['/mlflow/a?b', '/mlflow/a?b'],
  ['/mlflow', '/mlflow/'],
  ['/other', '/mlflow/'],
  ['/mlflow/../other', '/mlflow/'],
  ['/mlflow//evil.example', '/mlflow//evil.example'],
  ['/mlflow/.htpasswd/logout', '/mlflow/'],
  ['/mlflow/.htpasswd/account', '/mlflow/.htpasswd/account'],
  ['/.htpasswd/account', '/mlflow/'],
  ['//evil.example', '/mlflow/'],
])('below a prefix, %s leads to %s', (next, expected) => {
  expect(checkNext(next, '/mlflow')).toBe(expected)
})

test('whatever is given, a browser stays on this host', () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '%2f',
    '%5c',
    '\t',
    '\n',
    ' ',
    'evil.example',
    ':',
    '@',
    '?',
    '#',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 8 }), parts => {
      const address = new URL(checkNext(parts.join(''), ''), 'http://guard.example/.htpasswd/login')
      expect(address.origin).toBe('http://guard.example')
      expect(address.pathname).not.toMatch(/^\/\//)
    }),
  )
})

test.each([
  ['/', '', '/.htpasswd/login'],
  ['/a?b=c', '', '/.htpasswd/login?next=%2Fa%3Fb%3Dc'],
  ['//evil.example', '', '/.htpasswd/login'],
  ['/mlflow/', '/mlflow', '/mlflow/.htpasswd/login'],
  ['/mlflow/a', '/mlflow', '/mlflow/.htpasswd/login?next=%2Fmlflow%2Fa'],
])('the sign-in page for %s below "%s"', (target, prefix, expected) => {
  expect(loginAddress(target, prefix)).toBe(expected)
})
