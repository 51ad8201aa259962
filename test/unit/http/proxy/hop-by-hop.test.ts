import { expect, test } from 'vitest'
import { connectionOptions, hopByHop } from '../../../../src/http/proxy/hop-by-hop.ts'

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
])('%s is for one connection', name => expect(hopByHop.has(name)).toBe(true))

test.each([
  [undefined, undefined],
  ['keep-alive', undefined],
  ['Close', undefined],
  ['Upgrade', undefined],
  ['close, X-Foo', ['close', 'x-foo']],
  ['x-foo ,\tX-BAR', ['x-foo', 'x-bar']],
])('Connection: %s', (value, names) => expect([...(connectionOptions(value) ?? [])]).toEqual(names ?? []))
