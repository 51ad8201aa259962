// Readers, writers and admins of a preset, and the reasons of refusals.
import { expect, test } from 'vitest'
import { createMlflowPreset } from '../../../../src/access/presets/mlflow.ts'
import { createPresetPolicy } from '../../../../src/access/presets/preset-policy.ts'
import { readSubjects } from '../../../../src/access/subjects.ts'

const unknown: string[] = []
const policy = createPresetPolicy({
  preset: createMlflowPreset(),
  readers: readSubjects('group:viewers'),
  admins: readSubjects('user:root'),
  groups: { groupsOf: user => (user === 'guest' || user === 'root' ? ['viewers'] : []) },
  onUnknown: (...parts) => unknown.push(parts.join(' ')),
})
const sender = (user: string, more = {}) => ({ user, groups: [], scope: 'all' as const, ...more })
const decide = (user: string, line: string, more = {}) => {
  const [method = '', path = ''] = line.split(' ')
  return policy.decide(sender(user, more), method, path)
}

const read = 'POST /api/2.0/mlflow/runs/search'
const write = 'POST /api/2.0/mlflow/runs/create'
const use = 'POST /gateway/openai/v1/responses'
const admin = 'GET /api/2.0/mlflow/webhooks'

test.each([
  ['guest', [true, false, false, false]],
  ['ann', [true, true, true, false]],
  // an admin among the readers stays an admin
  ['root', [true, true, true, true]],
])('%s may read, write, use, administer: %j', (user, expected) =>
  expect([read, write, use, admin].map(line => decide(user, line).allowed)).toEqual(expected),
)

test('groups of the credentials count like those of the file', () =>
  expect(decide('ann', write, { groups: ['viewers'] }).allowed).toBe(false))

test.each([
  ['guest', write, {}, 'guest may only read, and POST /api/2.0/mlflow/runs/create changes something'],
  [
    'guest',
    use,
    {},
    'guest may only read, and POST /gateway/openai/v1/responses calls a model, which may cost money',
  ],
  ['ann', admin, {}, 'ann is not an administrator, and GET /api/2.0/mlflow/webhooks is for administrators'],
  [
    'guest',
    'POST /new',
    {},
    'guest may only read, and POST /new changes something (assumed: MLflow 3.18.0 does not have it)',
  ],
])('%s is told why: %s', (user, line, more, reason) =>
  expect(decide(user, line, more)).toMatchObject({ reason }),
)

test('an endpoint that the table lacks is reported once for each pattern', () => {
  unknown.length = 0
  for (const id of ['1', '0a1b2c', 'tr-7'])
    for (const user of ['guest', 'ann']) decide(user, `POST /api/3.0/mlflow/new-things/${id}/do`)
  decide('ann', 'GET /api/3.0/mlflow/new-things/list')
  decide('ann', 'GET /favicon.ico')
  decide('ann', write)
  expect(unknown).toEqual([
    'POST /api/3.0/mlflow/new-things/*/do write',
    'GET /api/3.0/mlflow/new-things/list read',
  ])
})

test('a client that invents endpoints does not fill the log', () => {
  unknown.length = 0
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  for (const a of letters) for (const b of letters) decide('ann', `POST /${a}${b}`)
  expect(unknown.length).toBeLessThan(200)
})
