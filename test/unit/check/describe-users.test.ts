import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeUsers } from '../../../src/check/describe-users.ts'
import { parseHtpasswd } from '../../../src/document/document.ts'
import { fileText } from '../../support/arbitraries.ts'

const SHA512 = `$6$rounds=10000$saltstringsaltst$${'x'.repeat(86)}`

test('every record has its format, work and strength', () => {
  const text = `# team\nann:$2y$12$${'a'.repeat(21)}e${'b'.repeat(30)}C\nbob:${SHA512}\nann:!\ncarol:secret\n`
  expect([...describeUsers(text)]).toEqual([
    { user: 'ann', line: 2, state: 'usable', format: 'bcrypt', variant: '2y', cost: 12, strength: 'strong' },
    expect.objectContaining({ user: 'bob', line: 3, format: 'sha512crypt', rounds: 10_000 }),
    { user: 'ann', line: 4, state: 'locked', duplicateOf: 2 },
    { user: 'carol', line: 5, state: 'plaintext', format: 'plaintext', strength: 'broken' },
  ])
})

test('a document is described as it stands now', () => {
  const document = parseHtpasswd('ann:!\n')
  document.set('ann', SHA512)
  expect([...describeUsers(document)]).toEqual([expect.objectContaining({ format: 'sha512crypt' })])
})

test('UTF-16 is an error', () => {
  expect(() => [...describeUsers(Buffer.from('\ufeffann:!\n', 'utf16le'))]).toThrow(/UTF-16/)
})

test('no hash is told, whatever the file holds', () => {
  fc.assert(
    fc.property(fileText, text => {
      const described = JSON.stringify([...describeUsers(Buffer.from(`${text}\nx:s3cr3t-pl41n\n`, 'latin1'))])
      expect(described).not.toContain('s3cr3t')
    }),
  )
})
