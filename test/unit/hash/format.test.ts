import { expect, test, vi } from 'vitest'
import { lazyEngine } from '../../../src/hash/format.ts'
import { formats } from '../../../src/hash/registry.ts'

test.each(
  formats.flatMap(({ id, ...rest }) =>
    'parameter' in rest && rest.parameter ? [[id, rest.parameter] as const] : [],
  ),
)('the parameter of %s is within its own range', (_id, { min, max, verifyMax, ...parameter }) => {
  expect(parameter.default).toBeGreaterThanOrEqual(min)
  expect(verifyMax).toBeLessThanOrEqual(max)
  expect(parameter.default).toBeLessThanOrEqual(verifyMax)
})

test('an engine is loaded at its first use, kept, and tried again where it could not be loaded', async () => {
  const load = vi
    .fn(async () => (text: string) => text.toUpperCase())
    .mockRejectedValueOnce(new Error('missing'))
  const withEngine = lazyEngine(load)
  expect(load).not.toHaveBeenCalled()
  await expect(withEngine(engine => engine('a'))).rejects.toThrow('missing')
  expect(await withEngine(engine => engine('a'))).toBe('A')
  expect(withEngine(engine => engine('b'))).toBe('B')
  expect(load).toHaveBeenCalledTimes(2)
})
