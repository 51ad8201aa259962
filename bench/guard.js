// Requests of a verified user through the guard, nginx and Caddy, side by side: requests per second, ratios, CPU per request.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms, temporaryFolder } from './environment.js'
import { startCaddy, startGuard, startHello, startNginx, startUpstream } from './guard-servers.js'
import { inRounds, median } from './interleaved.js'
import { basicLogin, EACH_TURN, measureRequests } from './requests.js'

requirePrograms('wrk', 'nginx', 'caddy')

const ROUNDS = 5
const PASSWORD = 'correct horse battery'
const login = basicLogin('alice', PASSWORD)
const folder = temporaryFolder('guard')

/** The most CPU that a guarded request may take, as a multiple of a request to a bare node:http server. */
const MOST_CPU = 2.7
/** The rate that each row has to reach, as a multiple of nginx's or Caddy's. */
const rows = [
  { name: 'apr1', options: { format: 'apr1' }, nginx: 2 },
  { name: 'bcrypt cost 5', options: { cost: 5 }, nginx: 20, caddy: 1.1 },
  { name: 'bcrypt cost 10', options: { cost: 10 }, nginx: 500, caddy: 1.1 },
  { name: 'SHA-1', options: { format: 'sha1' }, nginx: 0.4 },
  { name: 'SHA-1, 10,000 users', options: { format: 'sha1' }, users: 10_000, nginx: 6 },
]

/** All servers in turn, because the machine's speed drifts. */
async function measureInTurn(servers) {
  const rounds = await inRounds(ROUNDS, servers, server => measureRequests(server, { headers: [login] }))
  const middle = pick => median(rounds.map(pick))
  return {
    rate: i => middle(round => round[i].rate),
    cpu: i => middle(round => round[i].cpu),
    /** The median of the rounds' ratios of one server to another. */
    ratio: (what, i, j) => middle(round => round[i][what] / round[j][what]),
  }
}

printEnvironment(`A verified user's requests, ${EACH_TURN}, median of ${ROUNDS} rounds, one process each`)
const upstream = await startUpstream(folder)
const hello = await startHello()
console.log(
  'work                  guard/s  us CPU  x hello |  nginx/s  us CPU |  caddy/s  us CPU | x nginx (at least) x caddy (at least)',
)
for (const row of rows) {
  const users = join(folder, `users-${row.name.replace(/\W/g, '-')}`)
  const hash = await hashPassword(PASSWORD, row.options)
  const others = Array.from({ length: (row.users ?? 1) - 1 }, (_, i) => `user${i}:${hash}\n`).join('')
  writeFileSync(users, `${others}alice:${hash}\n`)
  const servers = [
    hello,
    await startGuard(users, upstream.port),
    await startNginx(folder, users, upstream.port),
  ]
  if (row.caddy) servers.push(await startCaddy(folder, users, upstream.port))
  const { rate, cpu, ratio } = await measureInTurn(servers)
  const cells = [
    row.name.padEnd(20),
    rate(1).toFixed(0).padStart(8),
    cpu(1).toFixed(0).padStart(7),
    ratio('cpu', 1, 0).toFixed(2).padStart(8),
    '|',
    rate(2).toFixed(0).padStart(8),
    cpu(2).toFixed(0).padStart(7),
    '|',
    (row.caddy ? rate(3).toFixed(0) : '-').padStart(8),
    (row.caddy ? cpu(3).toFixed(0) : '-').padStart(7),
    '|',
    `${ratio('rate', 1, 2).toFixed(2)} (${row.nginx})`.padEnd(18),
    row.caddy ? `${ratio('rate', 1, 3).toFixed(2)} (${row.caddy})` : '',
  ]
  console.log(cells.join(' '))
  for (const server of servers.slice(1)) await server.stop()
}
console.log(`CPU a request is to be at most ${MOST_CPU} x that of a bare node:http hello`)
await hello.stop()
await upstream.stop()
