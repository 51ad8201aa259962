// Requests of a verified user through the guard, nginx and Caddy, side by side: requests a second, ratios, CPU a request.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment } from './environment.js'
import { cpuSeconds, startCaddy, startGuard, startHello, startNginx, startUpstream } from './guard-servers.js'

const SECONDS = Number(process.env.BENCH_SECONDS ?? 5)
const CONNECTIONS = 32
const PASSWORD = 'correct horse battery'
const login = `Authorization: Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64')}`
const folder = mkdtempSync(join(tmpdir(), 'bench-guard-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** What each row has to reach against nginx, or against Caddy. */
const rows = [
  { name: 'apr1', options: { format: 'apr1' }, nginx: 2 },
  { name: 'bcrypt cost 5', options: { cost: 5 }, nginx: 20, caddy: 1.1 },
  { name: 'bcrypt cost 10', options: { cost: 10 }, nginx: 500, caddy: 1.1 },
  { name: 'SHA-1', options: { format: 'sha1' }, nginx: 0.4 },
  { name: 'SHA-1, 10,000 users', options: { format: 'sha1' }, users: 10_000, nginx: 6 },
]

/** Requests a second, and CPU microseconds a request of the server under test. */
async function measure(server) {
  await warm(server)
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

/** The first check of a password, and the first compiled code, are no part of the rate. */
async function warm(server) {
  for (let i = 0; i < 200; i++) {
    await new Promise((resolve, reject) => {
      const [name, value] = login.split(': ')
      const request = get(
        { port: server.port, host: '127.0.0.1', path: '/hello', headers: { [name]: value } },
        response => response.resume().on('end', resolve),
      )
      request.on('error', reject)
    })
    if (server.name === 'nginx' && i > 2) return
  }
}

async function run(start, ...args) {
  const server = await start(folder, ...args)
  try {
    return await measure(server)
  } finally {
    await server.stop()
  }
}

printEnvironment(
  `A verified user's requests, ${CONNECTIONS} connections, ${SECONDS} s each, one process each`,
)
const upstream = await startUpstream(folder)
const hello = await run(startHello)
console.log(`bare node:http hello: ${hello.rate.toFixed(0)}/s, ${hello.cpu.toFixed(0)} us CPU a request\n`)
console.log(
  'work                  guard/s  us CPU  x hello |  nginx/s  us CPU |  caddy/s  us CPU | x nginx (at least) x caddy (at least)',
)
for (const row of rows) {
  const users = join(folder, `users-${row.name.replace(/\W/g, '-')}`)
  const hash = await hashPassword(PASSWORD, row.options)
  const others = Array.from({ length: (row.users ?? 1) - 1 }, (_, i) => `user${i}:${hash}\n`).join('')
  writeFileSync(users, `${others}alice:${hash}\n`)
  const guard = await run(startGuard, users, upstream.port)
  const nginx = await run(startNginx, users, upstream.port)
  const caddy = row.caddy && (await run(startCaddy, users, upstream.port))
  const cells = [
    row.name.padEnd(20),
    guard.rate.toFixed(0).padStart(8),
    guard.cpu.toFixed(0).padStart(7),
    (guard.cpu / hello.cpu).toFixed(2).padStart(8),
    '|',
    nginx.rate.toFixed(0).padStart(8),
    nginx.cpu.toFixed(0).padStart(7),
    '|',
    (caddy ? caddy.rate.toFixed(0) : '-').padStart(8),
    (caddy ? caddy.cpu.toFixed(0) : '-').padStart(7),
    '|',
    `${(guard.rate / nginx.rate).toFixed(2)} (${row.nginx})`.padEnd(18),
    caddy ? `${(guard.rate / caddy.rate).toFixed(2)} (${row.caddy})` : '',
  ]
  console.log(cells.join(' '))
}
await upstream.stop()
