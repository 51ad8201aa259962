import { expect, test } from 'vitest'
import { plaintext } from '../../../../src/hash/formats/plaintext.ts'
import { passwordBytes } from '../../../../src/hash/password.ts'

test('no stored text is taken for it; made, it is the password’s bytes', () => {
  expect(plaintext.identify('secret')).toBeUndefined()
  expect(plaintext.claims('secret')).toBe(false)
  expect(plaintext.compute(passwordBytes('pä'), plaintext.setting())).toBe('p\u00c3\u00a4')
})
