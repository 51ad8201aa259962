// What it costs other proxies to ask: the endpoint beside a bare node:http server, and nginx with auth_request beside nginx
// with its own auth_basic. Rates of all in turns, with the configuration of docs/deploy.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms } from './environment.js'
import { cpuSeconds, freePort, start, startHello, startNginx, startUpstream } from './guard-servers.js'
import { median } from './interleaved.js'

requirePrograms('wrk', 'nginx')

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2)
const CONNECTIONS = 32
/** The least rate of the endpoint, as a part of the one of a bare node:http server. */
const LEAST_OF_HELLO = 0.9
/** The least rate of nginx with auth_request, as a multiple of the one with auth_basic and bcrypt of cost 5. */
const LEAST_OF_BASIC = 3
const PASSWORD = 'correct horse battery'

const folder = mkdtempSync(join(tmpdir(), 'bench-endpoint-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const users = join(folder, 'users')
writeFileSync(users, `alice:${await hashPassword(PASSWORD, { cost: 5 })}\n`)
const login = `Authorization: Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64')}`

async function startEndpoint() {
  const port = await freePort()
  const bin = join(import.meta.dirname, '../bin/htpasswd.js')
  const proxies = ['--auth-endpoint', 'nginx', '--trust-proxy', '127.0.0.1']
  const options = [...proxies, '--listen', `127.0.0.1:${port}`, '--log', 'off']
  return start('endpoint', port, process.execPath, [bin, 'serve', users, ...options])
}

/** nginx with docs/deploy/nginx.conf. */
async function startAsking(endpoint, app) {
  const port = await freePort()
  const site = readFileSync(join(import.meta.dirname, '../docs/deploy/nginx.conf'), 'utf8')
    .replaceAll('127.0.0.1:8081', `127.0.0.1:${endpoint}`)
    .replaceAll('127.0.0.1:5000', `127.0.0.1:${app}`)
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
  writeFileSync(join(folder, 'site.conf'), site)
  const path = join(folder, 'asking.conf')
  writeFileSync(
    path,
    `daemon off; worker_processes 1; pid ${folder}/asking.pid; error_log stderr; user root; events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000; proxy_temp_path ${folder}/asking; include ${folder}/site.conf; }\n`,
  )
  return start('nginx', port, 'nginx', ['-c', path, '-p', folder])
}

const upstream = await startUpstream(folder)
const endpoint = await startEndpoint()
const question = ['-H', 'X-Original-Method: GET', '-H', 'X-Original-URI: /hello']
const asked = {
  'node:http': { server: await startHello(), path: '/hello' },
  endpoint: { server: endpoint, path: '/.htpasswd/auth/nginx', headers: question },
  'nginx, auth_basic': { server: await startNginx(folder, users, upstream.port), path: '/hello' },
  'nginx, auth_request': { server: await startAsking(endpoint.port, upstream.port), path: '/hello' },
}
const names = Object.keys(asked)

/** Requests per second, and CPU microseconds of this server per request. */
function measure({ server, path, headers = [] }) {
  const before = cpuSeconds(server.pid)
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '-H', login, ...headers]
  const output = execFileSync('wrk', [...args, `http://127.0.0.1:${server.port}${path}`], {
    encoding: 'utf8',
  })
  if (output.includes('Non-2xx')) throw new Error(`${server.name} refused requests:\n${output}`)
  const requests = Number(/(\d+) requests in/.exec(output)?.[1])
  const cpu = ((cpuSeconds(server.pid) - before) * 1e6) / requests
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]), cpu }
}

printEnvironment(
  `requests per second, ${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s`,
)
const rounds = Array.from({ length: ROUNDS + 1 }, (_, round) => {
  const row = {}
  // each is first equally often
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + round) % names.length]
    row[name] = measure(asked[name])
  }
  return row
}).slice(1)
for (const { server } of Object.values(asked)) await server.stop()
await upstream.stop()

const figures = {}
for (const name of names) {
  const [rate, cpu] = ['rate', 'cpu'].map(key => median(rounds.map(row => row[name][key])))
  figures[name] = { 'requests/s': Math.round(rate), 'CPU µs of the server': Math.round(cpu * 10) / 10 }
}
console.table(figures)
const compare = (name, with_, least) => {
  const ratio = median(rounds.map(row => row[name].rate / row[with_].rate))
  console.log(`${name} / ${with_}: ${ratio.toFixed(2)} (at least ${least})`)
  if (ratio < least) process.exitCode = 1
}
compare('endpoint', 'node:http', LEAST_OF_HELLO)
compare('nginx, auth_request', 'nginx, auth_basic', LEAST_OF_BASIC)
