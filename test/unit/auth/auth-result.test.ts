import { expect, test } from 'vitest'
import { refuse } from '../../../src/auth/auth-result.ts'

test.each([
  ['missing', 401],
  ['rejected', 401],
  ['throttled', 429],
  ['busy', 503],
  ['fault', 500],
] as const)('%s is answered %i', (reason, status) =>
  expect(refuse(reason)).toEqual({ ok: false, status, reason }),
)

test('a wait is told in seconds', () => expect(refuse('throttled', 5)).toMatchObject({ retryAfter: 5 }))
