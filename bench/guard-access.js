// What groups, rules and the MLflow preset cost: a guard with 1,000 groups, 100 rules and the preset beside one without, in turns.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms, temporaryFolder } from './environment.js'
import { startGuard, startUpstream } from './guard-servers.js'
import { inRounds, median } from './interleaved.js'
import { basicLogin, EACH_TURN, measureRequests } from './requests.js'

requirePrograms('wrk', 'nginx')

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const PASSWORD = 'correct horse battery'
/** The most CPU that a request may take, as a multiple of one without rules. */
const MOST = 1.03
const request = { headers: [basicLogin('alice', PASSWORD)], path: '/api/2.0/mlflow/runs/get' }
const folder = temporaryFolder('access')

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

printEnvironment(`CPU per request of a verified user, ${EACH_TURN}, median of ${ROUNDS} rounds`)
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
const servers = [await startGuard(users, upstream.port), await startGuard(users, upstream.port, options)]
const rounds = await inRounds(ROUNDS, servers, server => measureRequests(server, request).cpu)
const cpu = i => median(rounds.map(round => round[i]))
const ratio = median(rounds.map(([without, with_]) => with_ / without))
console.log(`without                           ${cpu(0).toFixed(1).padStart(6)} us`)
console.log(`100 rules, 1,000 groups, preset   ${cpu(1).toFixed(1).padStart(6)} us`)
console.log(`${ratio.toFixed(3)} x (at most ${MOST})`)
for (const server of servers) await server.stop()
await upstream.stop()
