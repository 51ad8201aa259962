// Decisions about whole requests: a method in a header or in the query counts like the request's own.
import { expect, test } from 'vitest'
import { decideRequest } from '../../../src/access/decide-request.ts'
import { createRules, withoutRules } from '../../../src/access/rules.ts'

const ann = { user: 'ann', groups: [], scope: 'all' } as const
const onlyGet = createRules(['GET /** valid-user'])

test.each<[target: string, headers: Record<string, string>, allowed: boolean]>([
  ['/x', {}, true],
  ['/x?_method=GET', {}, true],
  ['/x?_method=DELETE', {}, false],
  ['/x?_METHOD=delete', {}, false],
  ['/x?%5fm%65thod=DELETE', {}, false],
  ['/x?a=_method', {}, true],
  ['/x', { 'x-http-method-override': 'GET' }, true],
  ['/x', { 'x-http-method-override': 'delete' }, false],
  ['/x', { 'x-method-override': 'GET, DELETE' }, false],
])('GET %s with %j where only GET is allowed: %s', (target, headers, allowed) => {
  const request = { method: 'GET', path: '/x', target, headers }
  expect(decideRequest(onlyGet, ann, request).allowed).toBe(allowed)
})

test('credentials that may only read open no WebSocket', () => {
  const upgrade = { method: 'GET', path: '/x', target: '/x', headers: {}, upgrade: true }
  const reader = { ...ann, scope: 'read' } as const
  expect(decideRequest(withoutRules, ann, upgrade).allowed).toBe(true)
  expect(decideRequest(withoutRules, reader, upgrade)).toMatchObject({ allowed: false, rule: 'scope read' })
  expect(decideRequest(withoutRules, reader, { ...upgrade, upgrade: false }).allowed).toBe(true)
})
