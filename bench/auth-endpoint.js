// What it costs other proxies to ask: the endpoint beside a bare node:http server, and nginx with auth_request beside nginx
// with its own auth_basic. Rates of all in turns, with the configuration of docs/deploy.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms, temporaryFolder } from './environment.js'
import { freePort, start, startHello, startNginx, startUpstream } from './guard-servers.js'
import { inRounds, median } from './interleaved.js'
import { basicLogin, EACH_TURN, measureRequests } from './requests.js'

requirePrograms('wrk', 'nginx')

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7)
/** The least rate of the endpoint, as a part of the one of a bare node:http server. */
const LEAST_OF_HELLO = 0.9
/** The least rate of nginx with auth_request, as a multiple of the one with auth_basic and bcrypt of cost 5. */
const LEAST_OF_BASIC = 3
const PASSWORD = 'correct horse battery'

const folder = temporaryFolder('endpoint')
const users = join(folder, 'users')
writeFileSync(users, `alice:${await hashPassword(PASSWORD, { cost: 5 })}\n`)
const headers = [basicLogin('alice', PASSWORD)]

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
const question = ['X-Original-Method: GET', 'X-Original-URI: /hello']
const asked = {
  'node:http': { server: await startHello(), headers },
  endpoint: { server: endpoint, path: '/.htpasswd/auth/nginx', headers: [...headers, ...question] },
  'nginx, auth_basic': { server: await startNginx(folder, users, upstream.port), headers },
  'nginx, auth_request': { server: await startAsking(endpoint.port, upstream.port), headers },
}
const names = Object.keys(asked)

printEnvironment(`requests per second, ${EACH_TURN}, median of ${ROUNDS} rounds`)
const rounds = await inRounds(ROUNDS, Object.values(asked), ({ server, ...request }) =>
  measureRequests(server, request),
)
for (const { server } of Object.values(asked)) await server.stop()
await upstream.stop()

const figures = {}
for (const [i, name] of names.entries()) {
  const [rate, cpu] = ['rate', 'cpu'].map(key => median(rounds.map(round => round[i][key])))
  figures[name] = { 'requests/s': Math.round(rate), 'CPU µs of the server': Math.round(cpu * 10) / 10 }
}
console.table(figures)
const compare = (name, with_, least) => {
  const [i, j] = [name, with_].map(side => names.indexOf(side))
  const ratio = median(rounds.map(round => round[i].rate / round[j].rate))
  console.log(`${name} / ${with_}: ${ratio.toFixed(2)} (at least ${least})`)
  if (ratio < least) process.exitCode = 1
}
compare('endpoint', 'node:http', LEAST_OF_HELLO)
compare('nginx, auth_request', 'nginx, auth_basic', LEAST_OF_BASIC)
