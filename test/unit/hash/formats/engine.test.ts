import { expect, test, vi } from 'vitest'
import { lazyEngine } from '../../../../src/hash/formats/engine.ts'

test('loads with the first call, and once', async () => {
  const load = vi.fn(async () => (text: string) => text.toUpperCase())
  const withEngine = lazyEngine(load)
  expect(load).not.toHaveBeenCalled()
  expect(await withEngine(engine => engine('a'))).toBe('A')
  // from now on without a promise
  expect(withEngine(engine => engine('b'))).toBe('B')
  expect(load).toHaveBeenCalledTimes(1)
})

test('a package that cannot be loaded is tried again', async () => {
  const load = vi.fn(async () => (text: string) => text).mockRejectedValueOnce(new Error('missing'))
  const withEngine = lazyEngine(load)
  await expect(withEngine(engine => engine('a'))).rejects.toThrow('missing')
  expect(await withEngine(engine => engine('a'))).toBe('a')
})
