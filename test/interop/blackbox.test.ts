// The same black-box suite against the guard, nginx and Caddy: the guard has to pass all, and the table says who passes what.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/registry.ts'
import { accessChecks } from './blackbox-access.ts'
import { bodyChecks } from './blackbox-bodies.ts'
import { ALICE, type Check, makeBench, PASSWORD } from './blackbox-check.ts'
import { headerChecks } from './blackbox-headers.ts'
import { guardTarget, type Setup, type Target, type TargetKind, targets } from './blackbox-targets.ts'
import { skipReason } from './outside-program.ts'
import { StubUpstream } from './stub-upstream.ts'

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
  async function started(setup: Setup = {}): Promise<Target> {
    const key = JSON.stringify(setup)
    if (running?.key !== key) {
      await running?.target[Symbol.asyncDispose]()
      running = undefined
      running = { key, target: await kind.start(folder, join(folder, 'users'), upstream.port, setup) }
    }
    return running.target
  }

  test.skipIf(missing).each(bySetup(checks))('requirement $number: $name', async check => {
    const outcome = await tryCheck(check)
    record(check, kind, outcome)
    // the others are measured, not judged
    if (kind === guardTarget) expect(outcome, outcome).toBe('pass')
  })

  async function tryCheck(check: Check): Promise<string> {
    // a proxy that does not even start is a mistake of ours, not an answer of its
    const target = await started(check.setup)
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
  const key = (check: Check): string => JSON.stringify(check.setup ?? {})
  return all.toSorted((a, b) => key(a).localeCompare(key(b)) || a.number - b.number)
}

function record(check: Check, kind: TargetKind, outcome: string): void {
  const row = results.get(check) ?? new Map<string, string>()
  results.set(check, row.set(kind.name, outcome))
}

function printTable(): void {
  const names = targets.map(kind => kind.name)
  const cell = (check: Check, name: string): string => {
    const outcome = results.get(check)?.get(name)
    return outcome === undefined ? '-' : outcome === 'pass' ? 'yes' : 'no'
  }
  const rows = checks.map(
    check => `| ${check.number} | ${check.name} | ${names.map(name => cell(check, name)).join(' | ')} |`,
  )
  const passed = names.map(
    name => `${checks.filter(check => cell(check, name) === 'yes').length} of ${checks.length}`,
  )
  const table = [
    `| | requirement | ${names.join(' | ')} |`,
    `|---|---|${names.map(() => '---|').join('')}`,
    ...rows,
    `| | passed | ${passed.join(' | ')} |`,
  ]
  process.stdout.write(`\n${table.join('\n')}\n`)
  if (process.env.BLACKBOX_REASONS === undefined) return
  for (const [check, outcomes] of results) {
    for (const [name, outcome] of outcomes) {
      if (outcome !== 'pass')
        process.stdout.write(`${name} ${check.number} ${check.name}: ${outcome.slice(0, 400)}\n`)
    }
  }
}
