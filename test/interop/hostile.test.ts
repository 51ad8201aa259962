// Malformed and hostile requests to the guard in front of real servers, and what must hold whatever was sent. The long form
// is `node test/interop/hostile/long.js`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { skipReason } from '../support/outside-program.ts'
import { attack } from './hostile/attack.ts'
import { backEnds } from './hostile/back-ends.ts'
import type { Case } from './hostile/case.ts'
import { combination } from './hostile/combinations.ts'
import { connectionHeaders } from './hostile/connections.ts'
import { credentials } from './hostile/credentials.ts'
import { framing } from './hostile/framing.ts'
import { requestHeads } from './hostile/heads.ts'
import { identity } from './hostile/identity.ts'

const corpus = [...framing, ...requestHeads, ...credentials, ...identity, ...connectionHeaders]
const seconds = Number(process.env.HOSTILE_SECONDS ?? 0)
const seed = Number(process.env.HOSTILE_SEED ?? 1)
const COMBINATIONS = 400

function* cases(): Generator<Case> {
  const start = performance.now()
  yield* corpus
  for (let n = 0; n < COMBINATIONS || performance.now() - start < seconds * 1000; n++) {
    yield combination(corpus, seed, n)
  }
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('the corpus has several hundred cases, each with a name of its own', () => {
  const names = corpus.map(({ group, name }) => `${group}: ${name}`)
  expect(names.length).toBeGreaterThan(800)
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
})

for (const backEnd of backEnds) {
  test
    .skipIf(skipReason({ [backEnd.name]: backEnd.program }))
    .concurrent(
      `${backEnd.name}: sees what the guard logged, for the user who logged in`,
      { timeout: (300 + 2 * seconds) * 1000 },
      async () => {
        const start = performance.now()
        const { sent, forwarded, faults } = await attack(backEnd, cases(), folder)
        const took = Math.round((performance.now() - start) / 1000)
        process.stdout.write(
          `${backEnd.name}: ${sent} requests, ${forwarded} forwarded, ${took} s, seed ${seed}\n`,
        )
        expect([...new Set(faults)].slice(0, 50)).toEqual([])
        expect(forwarded).toBeGreaterThan(200)
      },
    )
}
