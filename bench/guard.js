// Requests of a verified user through the guard, nginx and Caddy, side by side: requests per second, ratios, CPU per request.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms } from './environment.js'
import { cpuSeconds, startCaddy, startGuard, startHello, startNginx, startUpstream } from './guard-servers.js'
import { median } from './interleaved.js'

requirePrograms('wrk', 'nginx', 'caddy')

const SECONDS = Number(process.env.BENCH_SECONDS ?? 2)
const ROUNDS = 5
const CONNECTIONS = 32
const PASSWORD = 'correct horse battery'
const login = `Authorization: Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64')}`
const folder = mkdtempSync(join(tmpdir(), 'bench-guard-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

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

/** Requests per second, and CPU microseconds per request of the measured server. */
function measure(server) {
  const before = cpuSeconds(server.pid)
  const output = execFileSync(
    'wrk',
    ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '-H', login, `http://127.0.0.1:${server.port}/hello`],
    { encoding: 'utf8' },
  )
  const cpu = cpuSeconds(server.pid) - before
  const requests = Number(/(\d+) requests in/.exec(output)?.[1])
  const failed = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0)
  if (failed > 0) throw new Error(`${server.name}: ${failed} of ${requests} were refused`)
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]), cpu: (cpu * 1e6) / requests }
}

/** All servers in turn, round by round, because the machine's speed drifts. The first round is a warm-up. */
function measureInTurn(servers) {
  const rounds = Array.from({ length: ROUNDS + 1 }, () => servers.map(measure)).slice(1)
  const middle = pick => median(rounds.map(pick))
  return {
    rate: i => middle(round => round[i].rate),
    cpu: i => middle(round => round[i].cpu),
    /** The median of the rounds' ratios of one server to another. */
    ratio: (what, i, j) => middle(round => round[i][what] / round[j][what]),
  }
}

printEnvironment(
  `A verified user's requests, ${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s, one process each`,
)
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
    await startGuard(folder, users, upstream.port),
    await startNginx(folder, users, upstream.port),
  ]
  if (row.caddy) servers.push(await startCaddy(folder, users, upstream.port))
  const { rate, cpu, ratio } = measureInTurn(servers)
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
