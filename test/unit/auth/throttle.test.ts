import { expect, test } from 'vitest'
import { Throttle } from '../../../src/auth/throttle.ts'

function setUp(options = {}) {
  const clock = { now: 0 }
  const throttle = new Throttle({
    maxFailures: 3,
    forgiveMilliseconds: 5000,
    now: () => clock.now,
    ...options,
  })
  const attempt = async (key: string, failed: boolean) => {
    const admission = await throttle.admit(key)
    if (admission === 'admitted') throttle.settle(key, failed)
    return admission
  }
  return { clock, throttle, attempt }
}

test('a burst is free, then there is a wait of one forgiveness at most', async () => {
  const { attempt, clock } = setUp()
  for (let i = 0; i < 3; i++) expect(await attempt('a', true)).toBe('admitted')
  expect(await attempt('a', true)).toEqual({ wait: 5000 })
  clock.now = 3000
  expect(await attempt('a', true)).toEqual({ wait: 2000 })
  clock.now = 5000
  expect(await attempt('a', true)).toBe('admitted')
  expect(await attempt('a', true)).toEqual({ wait: 5000 })
  clock.now = 1_000_000
  for (let i = 0; i < 3; i++) expect(await attempt('a', true)).toBe('admitted')
})

test('successes cost nothing, and other keys are their own', async () => {
  const { attempt } = setUp()
  for (let i = 0; i < 100; i++) expect(await attempt('a', false)).toBe('admitted')
  for (let i = 0; i < 9; i++) await attempt('b', true)
  expect(await attempt('a', true)).toBe('admitted')
})

test('a hundred at once get no more tries than one by one', async () => {
  const { throttle } = setUp()
  let tries = 0
  const answers = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const admission = await throttle.admit('a')
      if (admission === 'admitted') {
        tries++
        await Promise.resolve()
        throttle.settle('a', true)
      }
      return admission
    }),
  )
  expect(tries).toBe(3)
  expect(answers.filter(answer => answer !== 'admitted')).toHaveLength(97)
})

test('a hundred at once who are right all get in', async () => {
  const { attempt } = setUp()
  const answers = await Promise.all(Array.from({ length: 100 }, () => attempt('a', false)))
  expect(new Set(answers)).toEqual(new Set(['admitted']))
})

test('the line has an end', async () => {
  const { throttle } = setUp({ maxFailures: 1, maxWaiting: 2 })
  expect(await throttle.admit('a')).toBe('admitted')
  const waiting = [throttle.admit('a'), throttle.admit('a')]
  expect(await throttle.admit('a')).toBe('full')
  throttle.settle('a', true)
  expect(await Promise.all(waiting)).toEqual([{ wait: 5000 }, { wait: 5000 }])
})

test('keys beyond the limit are forgotten, so that memory stays', async () => {
  const { attempt } = setUp({ maxFailures: 1, maxKeys: 2 })
  for (const key of ['a', 'b', 'c']) await attempt(key, true)
  expect(await attempt('c', true)).toEqual({ wait: 5000 })
  expect(await attempt('a', true)).toBe('admitted')
})

test('zero switches it off', async () => {
  const { attempt } = setUp({ maxFailures: 0 })
  for (let i = 0; i < 50; i++) expect(await attempt('a', true)).toBe('admitted')
})
