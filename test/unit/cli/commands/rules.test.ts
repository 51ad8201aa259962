// `htpasswd rules`: which rule decides, the exit status, and the notes about what is missing.
import { writeFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { rules } from '../../../../src/cli/commands/rules.ts'
import { recordedIo } from '../../../support/recorded-io.ts'
import { scratch } from '../../../support/scratch.ts'

const place = scratch()
const files = () => ({ users: place.file, groups: `${place.file}-groups`, rules: `${place.file}-rules` })
beforeEach(() => {
  const { users, groups, rules } = files()
  writeFileSync(users, 'ann:{SHA}x\nguest:{SHA}x\n')
  writeFileSync(groups, 'editors: ann\n')
  writeFileSync(rules, '# the lab\nGET /** valid-user\nANY /** group:editors\n')
})
const run = async (argv: string, env: NodeJS.ProcessEnv = {}) => {
  const io = recordedIo({ env })
  const named: Record<string, string> = files()
  const status = await rules(
    argv.split(' ').map(word => named[word] ?? word),
    io,
  )
  return { status, ...io.said }
}
const given = 'users --rules rules --groups groups'

test('an allowed request: status 0, file, line and rule', async () => {
  expect(await run(`${given} --as ann POST /api/runs?x=1`)).toEqual({
    status: 0,
    out: `allowed: ${files().rules}:3: ANY /** group:editors\n`,
    err: '',
  })
})

test('a refused request: status 1, and why', async () => {
  expect(await run(`${given} --as guest POST /api/runs`)).toEqual({
    status: 1,
    out: `refused: ${files().rules}:3: ANY /** group:editors\nguest may not POST /api/runs: that is for group:editors\n`,
    err: '',
  })
})

test('JSON, and what a token of scope read may do', async () => {
  const { status, out } = await run(`${given} --as ann --scope read --json POST /x`)
  expect(status).toBe(1)
  expect(JSON.parse(out)).toEqual({
    user: 'ann',
    groups: ['editors'],
    method: 'POST',
    path: '/x',
    allowed: false,
    rule: 'scope read',
    reason: expect.stringContaining('may only read'),
  })
})

test('with the preset, and options from the environment', async () => {
  const env = { HTPASSWD_PRESET: 'mlflow', HTPASSWD_READERS: 'user:guest', HTPASSWD_FILE: files().users }
  expect(await run('--as guest POST /api/2.0/mlflow/runs/search', env)).toMatchObject({ status: 0 })
  expect(await run('--as guest POST /api/2.0/mlflow/runs/create', env)).toMatchObject({ status: 1 })
})

test('a user whom the file lacks, and a group that no file has, are noted', async () => {
  writeFileSync(files().rules, 'ANY /** group:writers\n')
  expect(await run(`${given} --as zoe GET /`)).toMatchObject({
    status: 1,
    err: `note: ${files().users} has no user zoe\nnote: ${files().groups} has no group writers: no one is in it\n`,
  })
})

test.each<[argv: string, message: string]>([
  ['users --as ann GET /', 'expected rules: --rules FILE, --require RULE or --preset APP'],
  ['users --rules rules GET /', 'expected the user with --as USER'],
  ['users --rules rules --as ann get /', 'expected [FILE] METHOD PATH, such as POST /api/runs, got get /'],
  ['users --rules rules --as ann GET docs', 'expected [FILE] METHOD PATH'],
  ['users --rules none --as ann GET /', 'none: there is no such file'],
  ['none --rules rules --as ann GET /', 'none: there is no such file'],
  ['users --rules users --as ann GET /', ':1: expected METHODS PATH SUBJECTS'],
])('status 2: %s', async (argv, message) => {
  const { status, out, err } = await run(argv)
  expect([status, out]).toEqual([2, ''])
  expect(err).toContain(message)
})
