// The same black-box suite against the guard, nginx and Caddy: the guard has to pass all, and the table says who passes what.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { skipReason } from '../support/outside-program.ts'
import { StubUpstream } from '../support/stub-upstream.ts'
import { accessChecks } from './blackbox-access.ts'
import { bodyChecks } from './blackbox-bodies.ts'
import { ALICE, type Check, makeBench, PASSWORD } from './blackbox-check.ts'
import { headerChecks } from './blackbox-headers.ts'
import { guardTarget, type Target, type TargetKind, targets } from './blackbox-targets.ts'

const checks = [...accessChecks, ...headerChecks, ...bodyChecks].toSorted((a, b) => a.number - b.number)
const results = new Map<Check, Map<string, string>>()
const folder = mkdtempSync(join(tmpdir(), 'blackbox-'))

beforeAll(async () => {
  const accounts = {
    [ALICE]: PASSWORD,
    bob: 'builder',
    colon: 'a:b c',
    umlaut: 'pässwörd',
    euro: '€uro',
    long: 'x'.repeat(72),
  }
  const lines = Object.entries(accounts).map(
    async ([user, password]) => `${user}:${await hashPassword(password, { cost: 5 })}\n`,
  )
  writeFileSync(join(folder, 'users'), (await Promise.all(lines)).join(''))
})

afterAll(() => {
  printTable()
  keepTable()
  rmSync(folder, { recursive: true })
})

describe.each(targets)('$name', kind => {
  const missing = skipReason({ [kind.name]: kind.program })
  let upstream: StubUpstream
  let running: { readonly target: Target; readonly key: string } | undefined

  beforeAll(async () => {
    upstream = await new StubUpstream().listen()
  })
  afterAll(async () => {
    await running?.target[Symbol.asyncDispose]()
    await upstream?.[Symbol.asyncDispose]()
  })

  /** One process serves all checks of one set-up in a row. */
  async function started(check: Check): Promise<Target> {
    const { setup = {} } = check
    const key = keyOf(check)
    if (running?.key !== key) {
      await running?.target[Symbol.asyncDispose]()
      running = undefined
      running = { key, target: await kind.start(folder, join(folder, 'users'), upstream.port, setup) }
    }
    return running.target
  }

  test.skipIf(missing).each(bySetup(checks))('requirement $number: $name', async check => {
    let outcome = await tryCheck(check)
    // a busy machine must not speak against anybody: once more
    if (outcome !== 'pass') outcome = await tryCheck(check)
    record(check, kind, outcome)
    // the others are measured, not judged
    if (kind === guardTarget) expect(outcome, outcome).toBe('pass')
  })

  async function tryCheck(check: Check): Promise<string> {
    // a proxy that does not even start is a mistake of ours, not an answer of its
    const target = await started(check)
    upstream.reset()
    try {
      await check.run(makeBench(target, upstream))
      return 'pass'
    } catch (error) {
      return (error as Error).message
    }
  }
})

/** Checks of the same set-up side by side, so that few processes are started. */
function bySetup(all: readonly Check[]): Check[] {
  return all.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)) || a.number - b.number)
}

const keyOf = ({ setup = {}, alone, number }: Check): string =>
  JSON.stringify({ ...setup, ...(alone && { alone: number }) })

function record(check: Check, kind: TargetKind, outcome: string): void {
  const row = results.get(check) ?? new Map<string, string>()
  results.set(check, row.set(kind.name, outcome))
}

const passes = (check: Check, { name }: TargetKind): boolean | undefined => {
  const outcome = results.get(check)?.get(name)
  return outcome === undefined ? undefined : outcome === 'pass'
}

function printTable(): void {
  const cells = { true: 'yes', false: 'no', undefined: '-' }
  const rows = checks.map(check => [
    check.number,
    check.name,
    ...targets.map(kind => cells[`${passes(check, kind)}`]),
  ])
  const totals = targets.map(
    kind => `${checks.filter(check => passes(check, kind)).length} of ${checks.length}`,
  )
  const table = [['', 'requirement', ...targets.map(({ name }) => name)], ...rows, ['', 'passed', ...totals]]
  process.stdout.write(`\n${table.map(row => `| ${row.join(' | ')} |`).join('\n')}\n`)
  if (process.env.BLACKBOX_REASONS === undefined) return
  for (const [check, outcomes] of results) {
    for (const [name, outcome] of outcomes) {
      if (outcome !== 'pass')
        process.stdout.write(`${name} ${check.number} ${check.name}: ${outcome.slice(0, 400)}\n`)
    }
  }
}

/** For `npm run compare`, which puts it into docs/comparison.md; nothing where only a part was tried. */
function keepTable(): void {
  const rows = checks.map(check => ({
    name: check.name,
    outcomes: targets.map(kind => passes(check, kind)),
  }))
  if (rows.some(({ outcomes }) => outcomes.includes(undefined))) return
  const servers = targets.map(({ name, version }) => `${name} ${version()}`.trim())
  const place = fileURLToPath(new URL('../../.cache/comparison.json', import.meta.url))
  mkdirSync(dirname(place), { recursive: true })
  writeFileSync(place, JSON.stringify({ servers, checks: rows }))
}
