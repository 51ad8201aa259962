import { expect, test } from 'vitest'
import { checkAuthenticatorOptions } from '../../../src/auth/authenticator-options.ts'

test('takes what it knows, as a copy', () => {
  const options = { cacheMilliseconds: 0, maxFailures: 0, workers: 2, now: () => 0 }
  const checked = checkAuthenticatorOptions(options)
  expect(checked).toEqual(options)
  expect(checked).not.toBe(options)
})

test.each([
  [{ maxFailure: 3 }, /got "maxFailure"/],
  [{ maxFailures: -1 }, /"maxFailures" expected an integer of at least 0, got -1/],
  [{ workers: 0 }, /"workers"/],
  [{ cacheEntries: 1.5 }, /"cacheEntries"/],
  [{ cacheMilliseconds: Number.NaN }, /"cacheMilliseconds"/],
  [{ now: 5 }, /"now" expected a function, got number/],
])('refuses %j', (options, message) => {
  expect(() => checkAuthenticatorOptions(options as never)).toThrow(message)
})
