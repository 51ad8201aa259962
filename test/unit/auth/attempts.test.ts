// Attempts: the responses to the throttle's decisions, and how long wrong credentials are remembered.
import { expect, test } from 'vitest'
import { admit, failureMemory, REMEMBERED_MILLISECONDS } from '../../../src/auth/attempts.ts'
import type { Admission } from '../../../src/auth/throttle.ts'

const attempt = { subnet: undefined, name: 'ann' }
const limiterThat = (admission: Admission) => ({ admit: async () => admission, settle: () => {} })

test.each<[Admission, expected: object]>([
  [{ isSuspect: true }, { isSuspect: true }],
  ['full', { ok: false, reason: 'busy', retryAfter: 1 }],
  [{ wait: 1 }, { ok: false, reason: 'throttled', retryAfter: 1 }],
  [{ wait: 4001 }, { ok: false, reason: 'throttled', retryAfter: 5 }],
])('%j of the throttle becomes %j', async (admission, expected) => {
  expect(await admit(limiterThat(admission), attempt)).toMatchObject(expected)
})

test('wrong credentials are forgotten an hour after their last use', () => {
  let now = 1
  const memory = failureMemory<true>(() => now)
  memory.set('wrong', true)
  now += REMEMBERED_MILLISECONDS - 1
  expect(memory.get('wrong')).toBe(true)
  now += REMEMBERED_MILLISECONDS - 1
  expect(memory.get('wrong')).toBe(true)
  now += REMEMBERED_MILLISECONDS + 1
  expect(memory.get('wrong')).toBeUndefined()
})
