import { expect, test } from 'vitest'
import { advice, problem } from '../../../src/check/problem.ts'

test('a finding has the advice of its kind', () => {
  expect(problem('bom', { line: 1 }, 'a mark')).toEqual({
    code: 'bom',
    line: 1,
    severity: 'problem',
    message: 'a mark',
    fix: 'htpasswd fix FILE',
    mend: 'htpasswd fix FILE',
  })
  expect(problem('locked-hash', { line: 2, user: 'bob' }, 'locked')).toMatchObject({
    user: 'bob',
    severity: 'note',
    fix: advice['locked-hash'].fix,
  })
})

test('its own advice overrides that of its kind', () => {
  const own = { fix: 'chmod 640 users', severity: 'note' } as const
  expect(problem('mode', { line: 0 }, 'open', own)).toMatchObject(own)
})

test('every kind says what to do', () => {
  for (const { fix } of Object.values(advice)) expect(fix).toMatch(/^\S.{10,}$/)
})
