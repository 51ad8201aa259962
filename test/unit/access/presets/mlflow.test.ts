// The MLflow preset: the class of each request, by method and path alone, in every spelling.
import { describe, expect, test } from 'vitest'
import { createMlflowPreset } from '../../../../src/access/presets/mlflow.ts'
import type { RequestClass } from '../../../../src/access/presets/preset.ts'

const preset = createMlflowPreset()
const classOf = (line: string, using = preset): RequestClass => {
  const [method = '', path = ''] = line.split(' ')
  return using.classify(method, path)
}

test('names itself and the version that it was made from', () => {
  expect(preset).toMatchObject({ name: 'mlflow', madeFrom: expect.stringMatching(/^MLflow \d+\.\d+\.\d+$/) })
})

describe('known endpoints', () => {
  const cases: Record<RequestClass, string[]> = {
    read: [
      'GET /',
      'GET /health',
      'GET /static-files/static/js/main.4f1c.js',
      'GET /get-artifact',
      'GET /graphql',
      'POST /graphql',
      'GET /api/2.0/mlflow/runs/get',
      'HEAD /api/2.0/mlflow/runs/get',
      'OPTIONS /api/2.0/mlflow/runs/get',
      'POST /api/2.0/mlflow/runs/search',
      'POST /ajax-api/2.0/mlflow/runs/search',
      'POST /ajax-api/2.0/mlflow/experiments/search-datasets',
      'POST /api/2.0/mlflow/artifacts/presigned-download-url',
      'GET /api/2.0/mlflow-artifacts/artifacts',
      'GET /api/2.0/mlflow-artifacts/artifacts/1/run/a%2Fb.txt',
      'GET /api/2.0/mlflow-artifacts/artifacts/1/run/per%2520cent%20%C3%BC.txt',
      'GET /api/2.0/mlflow-artifacts/artifacts/1/run/..hidden/a.b..c',
      'POST /api/3.0/mlflow/traces/search',
      'POST /ajax-api/3.0/jobs/search',
      'POST /ajax-api/3.0/mlflow/ui-telemetry',
      'GET /api/3.0/mlflow/mcp-servers/io.github/name/versions/1',
      'GET /api/3.0/mlflow/gateway/budgets/list',
      'GET /api/3.0/mlflow/workspaces',
      'GET /ajax-api/2.0/mlflow/users/current',
    ],
    write: [
      'POST /api/2.0/mlflow/experiments/create',
      'POST /ajax-api/2.0/mlflow/runs/log-batch',
      'POST /api/2.0/mlflow/artifacts/presigned-upload-url',
      'PUT /api/2.0/mlflow-artifacts/artifacts/1/run/a.txt',
      'POST /api/2.0/mlflow-artifacts/mpu/create/1/run/a.txt',
      'DELETE /api/2.0/mlflow/registered-models/delete',
      'PATCH /api/3.0/mlflow/traces/tr-1/tags',
      'POST /v1/traces',
      'POST /ajax-api/3.0/jobs/',
      'PATCH /ajax-api/3.0/jobs/cancel/1',
      'DELETE /api/3.0/mlflow/mcp-servers/io.github/name',
    ],
    use: [
      'POST /gateway/openai/v1/chat/completions',
      'POST /gateway/my-endpoint/mlflow/invocations',
      'POST /gateway/proxy/codex/v1/responses',
      'GET /gateway/mlflow/v1/models',
      'POST /ajax-api/2.0/mlflow/gateway-proxy',
    ],
    admin: [
      'POST /api/2.0/mlflow/webhooks',
      'GET /api/2.0/mlflow/webhooks/1',
      'POST /api/2.0/mlflow/webhooks/1/test',
      'POST /api/3.0/mlflow/workspaces',
      'GET /api/3.0/mlflow/gateway/secrets/list',
      'POST /api/3.0/mlflow/gateway/budgets/create',
      'POST /api/3.0/mlflow/gateway/endpoints/models/attach',
      'POST /ajax-api/3.0/mlflow/assistant/message',
      'GET /ajax-api/3.0/mlflow/assistant/sessions/1/stream',
      'POST /ajax-api/3.0/mlflow/demo/delete',
      'GET /api/2.0/mlflow/users/list',
      'GET /api/3.0/mlflow/roles/list',
    ],
  }
  for (const [name, lines] of Object.entries(cases))
    test.each(lines)(`%s is ${name}`, line => {
      expect(classOf(line)).toBe(name)
      expect(preset.find(...(line.split(' ') as [string, string]))).toBe(name)
    })
})

describe('unknown endpoints', () => {
  test.each([
    ['read', 'GET /api/2.0/mlflow/new-things/list'],
    ['read', 'GET /favicon.ico'],
    ['write', 'POST /api/2.0/mlflow/new-things/search'],
    ['write', 'POST /anything'],
    ['write', 'TRACE /'],
    ['write', 'get /'],
    // a known path with a method of its own
    ['write', 'PUT /api/2.0/mlflow/runs/search'],
    ['write', 'POST /api/2.0/mlflow/experiments/get'],
    // the table allows version 2.0 or 3.0, as MLflow serves it
    ['write', 'POST /api/3.0/mlflow/runs/search'],
    ['write', 'POST /api/4.0/mlflow/runs/search'],
    ['write', 'POST /api/2/mlflow/runs/search'],
    ['admin', 'GET /api/2.0/mlflow/users'],
    ['admin', 'GET /api/2.0/mlflow/users/new/thing'],
    ['admin', 'GET /api/4.1/mlflow/users/list'],
    ['admin', 'GET /ajax-api/10.20/mlflow/webhooks'],
    ['admin', 'PURGE /api/2.0/mlflow/roles/x'],
    ['admin', 'POST /api/3.0/mlflow/gateway/new'],
    ['read', 'GET /api/3.0/mlflow/gateway/new'],
    ['read', 'GET /api/2.0/mlflow/users-of-models'],
    ['admin', 'GET /api/2.0/mlflow/users#/runs/get'],
  ])('%s: %s', (name, line) => {
    expect(classOf(line)).toBe(name)
    expect(preset.find(...(line.split(' ') as [string, string]))).toBeUndefined()
  })
})

describe('spellings that a server may read as another path', () => {
  const search = 'POST /api/2.0/mlflow/runs/search'
  test.each([
    search.replace('search', '%73earch'),
    search.replace('runs/', 'runs%2F'),
    search.replace('runs/', 'runs%2f'),
    search.replace('runs/', 'runs%5C'),
    search.replace('runs/', 'runs\\'),
    search.replace('/api', '//api'),
    search.replace('/api', '/%61pi'),
    search.replace('runs/', 'runs//'),
    search.replace('runs/', './runs/'),
    search.replace('runs/', 'x/../runs/'),
    search.replace('runs/', 'x/%2e%2e/runs/'),
    search.replace('runs/', '%2573/'),
    `${search}/`,
    `${search};x`,
    `${search}%00`,
    `${search}%20`,
    search.toUpperCase(),
    // a write that is spelt like a read
    'POST /api/2.0/mlflow/runs/search/../create',
    'POST /api/2.0/mlflow/runs/search%2F..%2Fcreate',
    'POST /gateway/../api/2.0/mlflow/runs/create',
    'POST /gateway/%2e%2e/api/2.0/mlflow/runs/create',
    'POST /gateway/x%2f..%2f..%2fapi/2.0/mlflow/runs/create',
    'POST /gateway/x%252f..%252fapi/2.0/mlflow/runs/create',
    'PUT /api/2.0/mlflow-artifacts%2Fartifacts/c.txt',
    'GET /api/2.0/mlflow-artifacts/artifacts/..',
    'GET /api/2.0/mlflow-artifacts/artifacts/x/%2e%2e%2fy',
    'GET /api/2.0/mlflow-artifacts/artifacts/x/%252e%252e%252fy',
    'GET /api/2.0/mlflow/runs%2Fget',
    'GET //api/2.0/mlflow/runs/get',
    'GET /%61pi/2.0/mlflow/runs/get',
  ])('never count as a read or a use: %s', line => expect(classOf(line)).toBe('write'))

  test.each([
    'GET //api/2.0/mlflow/users/list',
    'GET /%61pi/2.0/mlflow/users/list',
    'GET /api/2.0/mlflow/users%2Flist',
    'GET /api/2.0/mlflow%2Fusers%2Flist',
    'GET /api/2.0/mlflow/%75sers/list',
    'GET /api/2.0/mlflow/%2575sers/list',
    'GET /api/2.0/mlflow/runs/../users/list',
    'GET /api/2.0/mlflow/runs/%2e%2e/users/list',
    'GET /api/2.0/mlflow\\users\\list',
    'GET /api/2.0/mlflow/users;x/list',
    'GET /api/2.0/mlflow/users%3Bx/list',
    'GET /api/2.0/mlflow/users%23',
    'GET /gateway/../api/2.0/mlflow/webhooks',
    'POST /api/2.0/mlflow//webhooks',
    'POST /api/2.0/mlflow/webhooks%0A',
    'GET /ajax-api/3.0/mlflow/assistant%0a',
    // has more readings than are looked at
    'GET /%252f;%255c..%253b/./%25252e/a;b//..;\\c%2e./x%20.',
  ])('stay admin: %s', line => expect(classOf(line)).toBe('admin'))
})

test('an artifact whose name looks like an admin path is an artifact', () =>
  expect(classOf('GET /api/2.0/mlflow-artifacts/artifacts/api/2.0/mlflow/users/list')).toBe('read'))

describe('below a static prefix', () => {
  const below = createMlflowPreset({ staticPrefix: '/ml' })
  test.each([
    ['read', 'POST /ml/api/2.0/mlflow/runs/search'],
    ['write', 'POST /ml/api/2.0/mlflow/runs/create'],
    ['use', 'POST /ml/gateway/openai/v1/responses'],
    ['admin', 'GET /ml/ajax-api/3.0/mlflow/assistant/config'],
    ['admin', 'GET /%6dl/ajax-api/3.0/mlflow/assistant/config'],
    ['read', 'GET /ml/'],
    ['write', 'POST /%6dl/api/2.0/mlflow/runs/search'],
    ['write', 'POST /mlx/api/2.0/mlflow/runs/search'],
    // MLflow keeps artifacts at the root as well
    ['write', 'PUT /api/2.0/mlflow-artifacts/artifacts/a'],
  ])('%s: %s', (name, line) => expect(classOf(line, below)).toBe(name))

  test('one that the preset was not told of lets nobody do more', () => {
    expect(classOf('POST /ml/api/2.0/mlflow/runs/search')).toBe('write')
    expect(classOf('GET /ml/api/2.0/mlflow/users/list')).toBe('admin')
  })
})

test('GraphQL can be taken for a write', () => {
  const denying = createMlflowPreset({ graphql: 'deny' })
  for (const method of ['GET', 'POST']) expect(classOf(`${method} /graphql`, denying)).toBe('write')
  expect(classOf('POST /api/2.0/mlflow/runs/search', denying)).toBe('read')
})

test('the table can be printed', () => {
  expect(preset.describe()).toMatch(/^# mlflow, made from MLflow [\d.]+\n/)
  expect(preset.describe()).toMatch(/^read +POST +api2 +runs\/search$/m)
})
