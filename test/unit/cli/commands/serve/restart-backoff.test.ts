import { expect, test } from 'vitest'
import { RestartPause } from '../../../../../src/cli/commands/serve/restart-backoff.ts'

test('none the first time, then from a second to half a minute', () => {
  const pause = new RestartPause()
  const pauses = Array.from({ length: 8 }, () => pause.after(10))
  expect(pauses).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
})

test('a worker that lasted a minute is replaced at once again', () => {
  const pause = new RestartPause()
  for (let i = 0; i < 5; i++) pause.after(59_999)
  expect(pause.after(60_000)).toBe(0)
  expect(pause.after(0)).toBe(1000)
})
