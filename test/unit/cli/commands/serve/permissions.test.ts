// What users may do by the options of `serve`, and which options need another one.
import { expect, test } from 'vitest'
import { openPermissions } from '../../../../../src/cli/commands/serve/permissions.ts'
import { parseServe } from '../../../../../src/cli/commands/serve/request.ts'

const notes: string[] = []
const open = (argv: string[], env: NodeJS.ProcessEnv = {}) =>
  openPermissions(parseServe(argv, env), env, note => notes.push(note))
const ann = { user: 'ann', groups: [], scope: 'all' as const }
const guest = { ...ann, user: 'guest' }
const preset = ['--upstream', 'http://127.0.0.1:5000', '--preset', 'mlflow']

test('without a preset every user may do everything', async () =>
  expect(await open(['--demo'])).toBeUndefined())

test('readers read, admins administer, everyone else writes', async () => {
  const policy = await open([...preset, '--readers', 'user:guest', '--admins', 'user:root'])
  const allowed = (user: string) =>
    ['POST runs/search', 'POST runs/create', 'GET webhooks'].map(line => {
      const [method = '', name = ''] = line.split(' ')
      return policy?.decide({ ...ann, user }, method, `/api/2.0/mlflow/${name}`).allowed
    })
  expect(allowed('guest')).toEqual([true, false, false])
  expect(allowed('ann')).toEqual([true, true, false])
  expect(allowed('root')).toEqual([true, true, true])
})

test('the same from the environment', async () => {
  const env = { HTPASSWD_PRESET: 'mlflow', HTPASSWD_READERS: 'user:guest' }
  const policy = await open(['--upstream', 'http://127.0.0.1:5000'], env)
  expect(policy?.decide(guest, 'PUT', '/x').allowed).toBe(false)
})

test("GraphQL and MLflow's static prefix", async () => {
  const readers = ['--readers', 'user:guest']
  const denying = await open([...preset, ...readers, '--mlflow-graphql', 'deny'])
  expect(denying?.decide(guest, 'POST', '/graphql').allowed).toBe(false)
  const told = await open([...preset, ...readers, '--mlflow-static-prefix', '/ml'])
  const search = '/ml/api/2.0/mlflow/runs/search'
  expect(told?.decide(guest, 'POST', search).allowed).toBe(true)
  const started = await open([
    '--preset',
    'mlflow',
    ...readers,
    '--',
    'mlflow',
    'server',
    '--static-prefix',
    '/ml',
  ])
  expect(started?.decide(guest, 'POST', search).allowed).toBe(true)
})

test('an endpoint that the table lacks is noted', async () => {
  notes.length = 0
  const policy = await open(preset)
  policy?.decide(ann, 'POST', '/api/3.0/mlflow/new-things/7')
  expect(notes).toEqual([
    expect.stringMatching(
      /^note: POST \/api\/3\.0\/mlflow\/new-things\/\* is not in the table of MLflow [\d.]+, and is taken for a write/,
    ),
  ])
})
