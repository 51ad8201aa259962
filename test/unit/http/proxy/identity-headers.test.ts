import { describe, expect, test } from 'vitest'
import {
  checkUserHeader,
  isDisguised,
  isIdentityHeader,
} from '../../../../src/http/proxy/identity-headers.ts'

describe('only the guard says who the client is', () => {
  test.each([
    'forwarded',
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-forwarded-host',
    'x-forwarded-prefix',
    'x-forwarded-user',
    'x-forwarded-anything-new',
    'x_forwarded_user',
    'x.forwarded.user',
    'x-forwarded_user',
    'remote-user',
    'remote_user',
    'x-remote-user',
    'x-real-ip',
    'x-auth-request-user',
    'x-webauth-user',
    'x-mlflow-authorization',
  ])('%s is dropped', name => expect(isIdentityHeader(name)).toBe(true))

  test.each(['x-mlflow-workspace', 'user-agent', 'cookie', 'x-forward', 'accept'])('%s is kept', name =>
    expect(isIdentityHeader(name)).toBe(false),
  )

  test('the header that the operator chose is dropped in every spelling', () => {
    for (const name of ['x-my-user', 'x_my_user', 'x.my-user'])
      expect(isIdentityHeader(name, 'x-my-user')).toBe(true)
  })
})

test('a second spelling of a meaningful header is no other header', () => {
  const meaningful = new Set(['content-length'])
  expect(isDisguised('content_length', meaningful)).toBe(true)
  expect(isDisguised('content-length', meaningful)).toBe(false)
  expect(isDisguised('my_header', meaningful)).toBe(false)
})

test.each(['Host', 'x-forwarded-for', 'Authorization', 'a b', '', 'a\r\nb', 'ü'])(
  '%j is no user header',
  name => expect(() => checkUserHeader(name)).toThrow('"userHeader"'),
)
test.each(['X-Forwarded-User', 'Remote-User'])('%s is one', name => expect(checkUserHeader(name)).toBe(name))
