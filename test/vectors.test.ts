// Outside vectors: every stored hash gives the answer that real tools give (test/vectors/README.md).
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { verifyPassword } from '../src/hash/registry.ts'

interface Vector {
  readonly id: string
  readonly hash?: string
  readonly hash_b64?: string
  readonly password_b64: string
  readonly expected: boolean | string
}
const { vectors } = JSON.parse(readFileSync(new URL('vectors/vectors.json', import.meta.url), 'utf8')) as {
  vectors: Vector[]
}
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
