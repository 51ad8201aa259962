// Outside vectors: every stored hash gives the answer that real tools give (test/vectors/README.md).
import { describe, expect, test } from 'vitest'
import { verifyPassword } from '../../src/hash/hash-password.ts'
import { type Vector, vectors } from '../support/vectors.ts'

const groups = new Map<string, Vector[]>()
for (const vector of vectors) {
  const name = vector.id.replace(/-\d+$/, '').replace(/^[a-z]+-/, '')
  groups.set(name, [...(groups.get(name) ?? []), vector])
}

describe.each([...groups])('%s', (_group, members) => {
  test(`${members.length} vectors`, async () => {
    const wrong: unknown[] = []
    for (const { id, hash, hash_b64, password_b64, expected } of members) {
      const stored = hash ?? Buffer.from(hash_b64 ?? '', 'base64').toString('latin1')
      const answer = await verifyPassword(Buffer.from(password_b64, 'base64'), stored).catch(
        error => error.code,
      )
      if (answer !== expected) wrong.push({ id, answer, expected })
    }
    expect(wrong).toEqual([])
  })
})
