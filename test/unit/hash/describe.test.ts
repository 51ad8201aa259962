// What the second field of a record is, for each format of the registry and for what is none.
import { describe, expect, test } from 'vitest'
import { describeHash, singleDollars, trimTrailingWhitespace } from '../../../src/hash/describe.ts'
import { hashPassword } from '../../../src/hash/hash-password.ts'
import { formats, identify } from '../../../src/hash/registry.ts'

describe.each(formats.filter(({ id }) => id !== 'plaintext').map(({ id }) => id))('%s', format => {
  const make = () => hashPassword('wonderland', { format, ...(format === 'bcrypt' && { cost: 4 }) })

  test('is usable, with what identify tells', async () => {
    const hash = await make()
    expect(describeHash(hash)).toEqual({ state: 'usable', ...identify(hash) })
  })

  test('is recognised with whitespace after it', async () => {
    const hash = await make()
    expect(describeHash(`${hash} \t`)).toEqual({ state: 'trailing-whitespace', ...identify(hash) })
    expect(trimTrailingWhitespace(`${hash} \t`)).toBe(hash)
  })

  test('is recognised with every $ doubled', async () => {
    const hash = await make()
    const doubled = hash.replaceAll('$', '$$$$')
    if (doubled === hash) return
    expect(describeHash(doubled)).toEqual({ state: 'escaped-dollars', format })
    expect(singleDollars(doubled)).toBe(hash)
  })
})

test.each([
  ['', { state: 'empty' }],
  ['!', { state: 'locked' }],
  ['*', { state: 'service-account' }],
  ['*AbCdEfGhIjKlMnOpQrStUv', { state: 'service-account' }],
  ['*LOCKED*', { state: 'locked' }],
  ['*AbCdEfGhIjKlMnOpQrStU', { state: 'locked' }],
  ['$apr1$salt$short', { state: 'damaged', format: 'apr1' }],
  ['{SHA}short', { state: 'damaged', format: 'sha1' }],
  ['$y$j9T$abc$def', { state: 'unknown', format: 'yescrypt' }],
  ['$argon2id$v=19$m=65536', { state: 'unknown', format: 'argon2' }],
  ['{SSHA512}abc', { state: 'unknown', format: '{SSHA512}' }],
  ['_J9..rasmz0.F/jqjWck', { state: 'unknown', format: 'BSDi DES' }],
  ['$65NyWfTtG.eQ', { state: 'unknown', format: 'DES of verdaccio' }],
  ['$2y$04$abcdefghijklmnopqrstuv2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW', { state: 'stray-bits', format: 'bcrypt' }],
  ['$2y$04$abcdefghijklmnopqrstuv2r9OfJnfCsdneAXAGHnS4UpFFP8WIrX', { state: 'damaged', format: 'bcrypt' }],
  ['secret', { state: 'plaintext', format: 'plaintext', strength: 'broken' }],
  // what looks like a mark and is none may be a password, so it is not told
  ['$hunter$2', { state: 'plaintext', format: 'plaintext', strength: 'broken' }],
  ['{hunter}2', { state: 'plaintext', format: 'plaintext', strength: 'broken' }],
  ['{PLAIN}secret', { state: 'plaintext', format: 'plaintext', strength: 'broken' }],
])('%j', (hash, expected) => expect(describeHash(hash)).toEqual(expected))
