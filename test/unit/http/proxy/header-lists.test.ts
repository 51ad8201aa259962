import { describe, expect, test, vi } from 'vitest'
import {
  checkDropHeader,
  checkUserHeader,
  connectionOptions,
  hopByHop,
  isIdentityHeader,
  isUnderscoreAlias,
  memoizeByName,
  withoutAliases,
} from '../../../../src/http/proxy/header-lists.ts'

test.each([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])('%s is hop-by-hop', name => expect(hopByHop.has(name)).toBe(true))

test.each([
  [undefined, undefined],
  ['keep-alive', undefined],
  ['Close', undefined],
  ['Upgrade', undefined],
  ['close, X-Foo', ['close', 'x-foo']],
  ['x-foo ,\tX-BAR', ['x-foo', 'x-bar']],
])('Connection: %s', (value, names) => expect([...(connectionOptions(value) ?? [])]).toEqual(names ?? []))

describe('identity headers', () => {
  test.each([
    'cf-connecting-ip',
    'forwarded',
    'remote-addr',
    'remote-user',
    'remote-groups',
    'remote-anything-new',
    'x-auth-request-user',
    'x-authenticated-user',
    'x-forwarded-for',
    'x-forwarded-anything-new',
    'x-mlflow-authorization',
    'x-original-uri',
    'x-original-url',
    'x-real-ip',
    'x-remote-user',
    'x-webauth-role',
    'x-webauth-user',
  ])('%s', name => expect(isIdentityHeader(name)).toBe(true))

  test.each(['x-mlflow-workspace', 'user-agent', 'cookie', 'x-forward', 'accept', 'remote'])(
    '%s is none',
    name => expect(isIdentityHeader(name)).toBe(false),
  )
})

test('every character of a name but letters, digits and hyphens makes an alias', () => {
  for (const character of "!#$%&'*+.^_`|~") expect(isUnderscoreAlias(`x${character}y`)).toBe(true)
  expect(isUnderscoreAlias('x-y-1')).toBe(false)
  expect(withoutAliases('X_Forwarded.User')).toBe('x-forwarded-user')
})

describe('memoizeByName', () => {
  test('asks once for each name', () => {
    const ruleOf = vi.fn((name: string) => name.length)
    const memo = memoizeByName(ruleOf)
    expect([memo('Host'), memo('Host'), memo('HOST')]).toEqual([4, 4, 4])
    expect(ruleOf.mock.calls).toEqual([['host'], ['host']])
  })

  test('remembers neither long names nor more than a thousand', () => {
    const ruleOf = vi.fn(() => 0)
    const memo = memoizeByName(ruleOf)
    for (let i = 0; i < 2; i++) memo('x'.repeat(65))
    expect(ruleOf).toHaveBeenCalledTimes(2)
    for (let i = 0; i < 2000; i++) memo(`x-${i}`)
    ruleOf.mockClear()
    for (let i = 0; i < 2000; i++) memo(`x-${i}`)
    expect(ruleOf).toHaveBeenCalledTimes(1000)
  })
})

test.each(['Host', 'x-forwarded-for', 'X_Forwarded_Host', 'Authorization', 'a b', '', 'a\r\nb', 'ü'])(
  '%j cannot be the user header',
  name => expect(() => checkUserHeader(name)).toThrow('"userHeader"'),
)
test.each(['X-Forwarded-User', 'Remote-User'])('%s can', name => expect(checkUserHeader(name)).toBe(name))

test.each(['Host', 'content-length', 'a b', '', 'a\r\nb'])('%j cannot be dropped', name =>
  expect(() => checkDropHeader(name)).toThrow('"dropHeaders"'),
)
test('others can', () => expect(checkDropHeader('X-Role')).toBe('X-Role'))
