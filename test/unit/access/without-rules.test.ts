// The policy without rules: only the scope of the credentials counts.
import { expect, test } from 'vitest'
import { withoutRules } from '../../../src/access/rules.ts'

const who = (scope: 'all' | 'read') => ({ user: 'ann', groups: [], scope })

test.each(['GET', 'HEAD', 'POST', 'OPTIONS', 'PROPFIND', 'get', ''])('everything may do %j', method =>
  expect(withoutRules.decide(who('all'), method, '/x')).toEqual({ allowed: true }),
)

test.each([
  ['GET', true],
  ['HEAD', true],
  ['POST', false],
  ['PUT', false],
  ['PATCH', false],
  ['DELETE', false],
  ['OPTIONS', false],
  ['QUERY', false],
  ['get', false],
  ['', false],
])('reading only: %j is allowed: %s', (method, allowed) => {
  const decision = withoutRules.decide(who('read'), method, '/x')
  expect(decision.allowed).toBe(allowed)
  if (!decision.allowed) expect(decision.reason).toContain(`may only read, and ${method} /x`)
})
