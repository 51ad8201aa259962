// The shape of a black-box check, and what its body gets to work with.
import assert from 'node:assert/strict'
import { type Answer, type Ask, ask, basic } from '../support/raw-client.ts'
import type { StubUpstream } from '../support/stub-upstream.ts'
import type { Setup, Target } from './blackbox-targets.ts'

export interface Bench {
  readonly target: Target
  readonly upstream: StubUpstream
  /** Asks with alice's right password, unless told otherwise. */
  asAlice(what?: Partial<Ask>): Promise<Answer>
  /** Asks without any. */
  asNobody(what?: Partial<Ask>): Promise<Answer>
}

export interface Check {
  /** The number of the requirement that it proves, from the list in test/requirements/every-one.test.ts. */
  readonly number: number
  readonly name: string
  readonly setup?: Setup
  /** Needs a process of its own, for what it asks keeps a slow one busy when it is over. */
  readonly alone?: true
  run(bench: Bench): Promise<void>
}

export const ALICE = 'alice'
export const PASSWORD = 'wonderland'
export const alice = basic(ALICE, PASSWORD)

export function makeBench(target: Target, upstream: StubUpstream): Bench {
  const nobody = (what: Partial<Ask> = {}): Promise<Answer> =>
    ask({ port: target.port, signal: AbortSignal.timeout(20_000), ...what })
  return {
    target,
    upstream,
    asNobody: nobody,
    asAlice: (what = {}) => nobody({ ...what, headers: [alice, ...(what.headers ?? [])] }),
  }
}

/** The header's lines as they reached the upstream. */
export function sees(bench: Bench, name: string, expected: readonly string[]): void {
  assert.deepEqual(bench.upstream.only.all(name), expected, `the upstream's ${name}`)
}

/** Nothing of any request reached the upstream. */
export function untouched(bench: Bench): void {
  assert.equal(bench.upstream.seen.length, 0, 'requests that reached the upstream')
}
