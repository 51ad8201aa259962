import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { toByteString } from '../../../../src/bytes.ts'
import { sha1, ssha } from '../../../../src/hash/formats/sha1.ts'

test('{SHA} is the digest in base64', () => {
  const digest = createHash('sha1').update('secret').digest('base64')
  expect(sha1.compute(toByteString('secret'), '')).toBe(`{SHA}${digest}`)
})

test('{SSHA} keeps its salt', () => {
  const salt = Buffer.from('saltSALT')
  const digest = createHash('sha1').update('secret').update(salt).digest()
  const hash = `{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`
  expect(ssha.compute(toByteString('secret'), hash)).toBe(hash)
  expect(ssha.identify(hash)).toEqual({ strength: 'weak' })
})

test.each([
  '{SHA}',
  '{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM',
  '{sha}GpHWL3ymc5liWkNopqtdSjuqYHM=',
  '{SSHA}GpHWL3ymc5liWkNopqtdSjuq',
  '{SSHA}GpHWL3ymc5liWkNopqtdSjuqYHN=',
  '{SSHA}GpHWL3ymc5liWkNopqtdSjuqYHM',
])('%s is none', hash => expect(sha1.identify(hash) ?? ssha.identify(hash)).toBeUndefined())

test('{SSHA} without a salt is {SHA} under another name', () => {
  const hash = '{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ='
  expect(ssha.identify(hash)).toEqual({ strength: 'broken' })
  expect(ssha.compute(toByteString('secret'), hash)).toBe(hash)
})
