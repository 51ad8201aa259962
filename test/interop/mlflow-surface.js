// `npm run mlflow:surface -- VERSION…`: which endpoints of these MLflow versions the preset's table lacks. Each version is
// installed into a virtual environment of its own; `--python PROGRAM` uses the environment that this program belongs to.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const walker = join(import.meta.dirname, 'mlflow-surface.py')

function run(program, args) {
  const { status, stdout, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ${args[0]} ended with status ${status}`)
  return stdout
}

/** The Python of an environment that has this version; made where it is missing. */
function install(version) {
  const folder = join(root, '.cache/mlflow-surface', version)
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (!existsSync(python)) run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder])
  const mlflow = version === 'newest' ? ['--upgrade', 'mlflow'] : [`mlflow==${version}`]
  // pkg_resources, which MLflow 2 imports, left setuptools in version 82
  run(python, ['-m', 'pip', 'install', '-q', ...mlflow, 'setuptools<82'])
  return python
}

// operations that read, in every version that was looked at, those of the "mutations" included
const graphqlReads = new Set([
  'mlflow_get_experiment',
  'mlflow_get_metric_history_bulk_interval',
  'mlflow_get_run',
  'mlflow_list_artifacts',
  'mlflow_search_datasets',
  'mlflow_search_model_versions',
  'mlflow_search_runs',
  'test',
  'testMutation',
])

/** Every endpoint of the MLflow that this Python imports, and its GraphQL operations. */
export const surfaceOf = python => JSON.parse(run(python, [walker]))

/** What the preset's table lacks, one line each. */
export function surfaceGaps({ endpoints, graphql }, preset) {
  const unknown = endpoints.filter(({ method, path }) => {
    // a route misspelt by MLflow, which it serves at the right path too
    if (path.includes('/2.0mlflow/')) return false
    // as Flask and FastAPI write parameters: <path:name>, {name}
    const example = path.replaceAll(/<[^>]*>|\{[^}]*\}/g, 'x')
    return preset.find(method, example) === undefined
  })
  return [
    ...unknown.map(({ source, method, path }) => `${method} ${path} (${source})`),
    ...[...graphql.queries, ...graphql.mutations]
      .filter(operation => !graphqlReads.has(operation))
      .map(operation => `${operation} (GraphQL)`),
  ]
}

const print = line => process.stdout.write(`${line}\n`)

if (process.argv[1] === import.meta.filename) {
  const { createMlflowPreset } = await import('../../dist/access/presets/mlflow.js')
  const args = process.argv.slice(2)
  const pythons = args[0] === '--python' ? args.slice(1) : args.map(install)
  if (pythons.length === 0)
    throw new Error('name versions, or the newest: npm run mlflow:surface -- 3.17.2 newest')
  for (const python of pythons) {
    const surface = surfaceOf(python)
    const gaps = surfaceGaps(surface, createMlflowPreset())
    print(`MLflow ${surface.version}: ${surface.endpoints.length} endpoints, ${gaps.length} not in the table`)
    for (const gap of gaps) print(`  ${gap}`)
    if (gaps.length > 0) process.exitCode = 1
  }
}
