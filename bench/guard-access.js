// What groups, rules and the MLflow preset cost: a guard with 1,000 groups, 100 rules and the preset beside one without, in turns.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms } from './environment.js'
import { cpuSeconds, startGuard, startUpstream } from './guard-servers.js'
import { median } from './interleaved.js'

requirePrograms('wrk', 'nginx')

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2)
const CONNECTIONS = 32
const PATH = '/api/2.0/mlflow/runs/get'
const PASSWORD = 'correct horse battery'
/** The most CPU that a request may take, as a multiple of one without rules. */
const MOST = 1.03
const login = `Authorization: Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64')}`
const folder = mkdtempSync(join(tmpdir(), 'bench-access-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const [users, groups, rules] = ['users', 'groups', 'rules'].map(name => join(folder, name))
writeFileSync(users, `alice:${await hashPassword(PASSWORD, { format: 'sha1' })}\n`)
const numbers = count => Array.from({ length: count }, (_, i) => i)
writeFileSync(
  groups,
  numbers(1000)
    .map(i => `team${i}: user${i}${i < 5 ? ' alice' : ''}\n`)
    .join(''),
)
// none is about the request, so that all of them and the preset are asked
const forms = [
  i => `ANY /api/2.0/mlflow/area${i}/** group:team${i}`,
  i => `GET,POST /lab/${i}/*/tags group:team${i} user:bob`,
  i => `GET /docs/page${i}.html valid-user`,
]
writeFileSync(
  rules,
  numbers(100)
    .map(i => `${forms[i % forms.length](i)}\n`)
    .join(''),
)

/** CPU microseconds of the server per request. */
function measure(server) {
  const before = cpuSeconds(server.pid)
  const url = `http://127.0.0.1:${server.port}${PATH}`
  const output = execFileSync('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '-H', login, url], {
    encoding: 'utf8',
  })
  const requests = Number(/(\d+) requests in/.exec(output)?.[1])
  const failed = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0)
  if (failed > 0) throw new Error(`${server.name}: ${failed} of ${requests} were refused`)
  return ((cpuSeconds(server.pid) - before) * 1e6) / requests
}

printEnvironment(
  `CPU per request of a verified user, ${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s`,
)
const upstream = await startUpstream(folder)
const options = [
  '--groups',
  groups,
  '--rules',
  rules,
  '--preset',
  'mlflow',
  '--readers',
  'group:team3',
  '--admins',
  'user:root',
]
const servers = [
  await startGuard(folder, users, upstream.port),
  await startGuard(folder, users, upstream.port, options),
]
// the first round is a warm-up; the machine's speed drifts, so the ratio is that of each round
const rounds = numbers(ROUNDS + 1)
  .map(() => servers.map(measure))
  .slice(1)
const cpu = i => median(rounds.map(round => round[i]))
const ratio = median(rounds.map(([without, with_]) => with_ / without))
console.log(`without                           ${cpu(0).toFixed(1).padStart(6)} us`)
console.log(`100 rules, 1,000 groups, preset   ${cpu(1).toFixed(1).padStart(6)} us`)
console.log(`${ratio.toFixed(3)} x (at most ${MOST})`)
for (const server of servers) await server.stop()
await upstream.stop()
