// The outside vectors, one a line (test/vectors/README.md).
import { readFileSync } from 'node:fs'

export interface Vector {
  readonly id: string
  readonly hash?: string
  readonly hash_b64?: string
  readonly password_b64: string
  /** What `verifyPassword` answers, or the code of its error. */
  readonly expected: boolean | string
}

export const vectors: readonly Vector[] = readFileSync(
  new URL('../vectors/vectors.jsonl', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line))
