import { expect, test } from 'vitest'
import { MAX_CRYPT_PASSWORD_BYTES } from '../../../src/hash/format.ts'
import { formats } from '../../../src/hash/registry.ts'

test('the limit is libcrypt’s', () => expect(MAX_CRYPT_PASSWORD_BYTES).toBe(511))

test.each(
  formats.flatMap(({ id, ...rest }) =>
    'parameter' in rest && rest.parameter ? [[id, rest.parameter] as const] : [],
  ),
)('the parameter of %s is within its own range', (_id, { min, max, verifyMax, ...parameter }) => {
  expect(parameter.default).toBeGreaterThanOrEqual(min)
  expect(verifyMax).toBeLessThanOrEqual(max)
  expect(parameter.default).toBeLessThanOrEqual(verifyMax)
})
