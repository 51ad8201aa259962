// The preset's table has every endpoint of the MLflow that the tests use; what it lacks is named.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createMlflowPreset } from '../../src/access/presets/mlflow.ts'
import { skipReason } from '../support/outside-program.ts'
import { surfaceGaps, surfaceOf } from './mlflow-surface.js'

const file = fileURLToPath(new URL('../../.cache/mlflow/bin/python', import.meta.url))
const python = existsSync(file) ? file : undefined

test.skipIf(skipReason({ 'MLflow in .cache/mlflow': python }))(
  "no endpoint and no GraphQL operation is missing in the preset's table",
  { timeout: 300_000 },
  () => {
    const surface = surfaceOf(python)
    // REST endpoints, Flask's own routes, FastAPI routers and the login app were found
    const sources = new Set(surface.endpoints.map(({ source }: { source: string }) => source))
    expect([...sources].sort()).toEqual(['FastAPI', 'Flask', 'auth app', 'get_endpoints'])
    expect(surface.endpoints.length).toBeGreaterThan(500)
    expect(surfaceGaps(surface, createMlflowPreset())).toEqual([])
  },
)

test('an unknown endpoint and an unknown mutation are named', () => {
  const surface = {
    endpoints: [
      { source: 'Flask', method: 'POST', path: '/api/2.0/mlflow/runs/<id>/new' },
      { source: 'FastAPI', method: 'POST', path: '/v1/traces' },
    ],
    graphql: { queries: ['test'], mutations: ['deleteEverything'] },
  }
  expect(surfaceGaps(surface, createMlflowPreset())).toEqual([
    'POST /api/2.0/mlflow/runs/<id>/new (Flask)',
    'deleteEverything (GraphQL)',
  ])
})
