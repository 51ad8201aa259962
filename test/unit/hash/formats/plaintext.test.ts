import { expect, test } from 'vitest'
import { toByteString } from '../../../../src/bytes.ts'
import { plaintext } from '../../../../src/hash/formats/plaintext.ts'

test('no stored text is taken for it; made, it is the password’s bytes', () => {
  expect(plaintext.identify('secret')).toBeUndefined()
  expect(plaintext.matchesPrefix('secret')).toBe(false)
  expect(plaintext.compute(toByteString('pä'), plaintext.setting())).toBe('p\u00c3\u00a4')
})
