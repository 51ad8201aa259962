// Throws broken HTTP at the built guard over raw sockets: no crash, no hang, memory flat. `node fuzz-guard.js [SECONDS] [SEED]`, 600 by default.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashPassword } from '../../dist/index.js'

const seconds = Number(process.argv[2] ?? 600)
let state = Number(process.argv[3] ?? Date.now() % 1_000_000_007)
const seed = state
const CONNECTIONS = 24
const PROBE_LIMIT_MS = 3000
const MAX_GROWTH_KB = 80 * 1024

/** A small generator with a seed (Park and Miller), so that a finding can be repeated. */
const random = limit => {
  state = (state * 48_271) % 2_147_483_647
  return state % limit
}
const pick = list => list[random(list.length)]

const LOGIN = `Authorization: Basic ${Buffer.from('fuzz:fuzz').toString('base64')}`
const WRONG = 'Authorization: Basic Zm9vOmJhcg=='
const seeds = [
  `GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n\r\n`,
  `GET /a?b=c HTTP/1.1\r\nHost: x\r\n${WRONG}\r\nAccept: text/html\r\n\r\n`,
  `POST /p HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nContent-Length: 5\r\n\r\nhello`,
  `POST /c HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  `POST /t HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\n`,
  `PUT /e HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n${'a'.repeat(1000)}`,
  `GET /ws HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  `POST /h2c HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 2\r\n\r\nhi`,
  `CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n${LOGIN}\r\n\r\n`,
  `GET /.htpasswd/health HTTP/1.1\r\nHost: x\r\n\r\nCONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n`,
  `OPTIONS * HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nOrigin: https://evil.example\r\n\r\n`,
  `GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n${LOGIN}\r\n\r\n`,
  `HEAD /.htpasswd/health HTTP/1.0\r\n\r\n`,
  `GET /gateway/x HTTP/1.1\r\nHost: x\r\nX-MLflow-Authorization: ${LOGIN.slice(15)}\r\nAuthorization: Bearer x\r\n\r\n`,
]
const pieces = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  'Content-Length: 0\r\n',
  'Content-Length: 99999999999999999999\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Connection: close, X-Forwarded-For\r\n',
  'Host: y\r\n',
  'X-Forwarded-For: 127.0.0.1\r\n',
  `${LOGIN}\r\n`,
  'ffffffffffffffff\r\n',
  '0\r\n\r\n',
  '\x80\xff',
  'HTTP/1.1',
  '#',
  '%00',
  'A'.repeat(70_000),
  'X: y\r\n'.repeat(3000),
]

function mutate(text) {
  let bytes = text
  for (let i = random(5); i > 0; i--) {
    const at = random(bytes.length + 1)
    const kind = random(6)
    if (kind === 0) bytes = bytes.slice(0, at) + pick(pieces) + bytes.slice(at)
    else if (kind === 1) bytes = bytes.slice(0, at) + bytes.slice(at + random(20))
    else if (kind === 2) bytes = bytes.slice(0, at) + String.fromCharCode(random(256)) + bytes.slice(at + 1)
    else if (kind === 3) bytes += pick(seeds)
    else if (kind === 4) bytes = bytes.slice(0, at)
    else bytes = bytes.slice(0, at) + bytes.slice(random(bytes.length + 1))
  }
  return Buffer.from(bytes.slice(0, 300_000), 'latin1')
}

const faults = []
const upstream = createServer((request, response) => {
  const lines = request.rawHeaders.filter(
    (name, i) => i % 2 === 0 && name.toLowerCase() === 'x-forwarded-for',
  )
  if (lines.length !== 1 || request.headers['x-forwarded-for'] !== '127.0.0.1')
    faults.push(`X-Forwarded-For upstream: ${request.headers['x-forwarded-for']}`)
  // on /gateway/ the header is the agent's own, for the login came in another one
  if (request.headers.authorization?.startsWith('Basic ') && !request.url.includes('/gateway/'))
    faults.push('a Basic Authorization reached the upstream')
  request.resume()
  request.on('error', () => {})
  const kind = random(12)
  if (kind === 0) response.destroy()
  else if (kind === 1) response.write('half', () => response.destroy())
  else response.end('x'.repeat(random(5000)))
})
upstream.on('upgrade', (_, socket) => {
  socket.on('error', () => {})
  socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
})
await once(upstream.listen(0, '127.0.0.1'), 'listening')

const finder = createTcpServer().listen(0, '127.0.0.1')
await once(finder, 'listening')
const { port } = finder.address()
finder.close()
await once(finder, 'close')

const folder = mkdtempSync(join(tmpdir(), 'fuzz-guard-'))
writeFileSync(join(folder, 'users'), `fuzz:${await hashPassword('fuzz', { cost: 5 })}\n`)
const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const guard = spawn(
  process.execPath,
  [
    bin,
    'serve',
    join(folder, 'users'),
    '--upstream',
    `http://127.0.0.1:${upstream.address().port}`,
    '--listen',
    `127.0.0.1:${port}`,
    '--log',
    'off',
    '--max-failures',
    '1000000',
  ],
  { stdio: ['ignore', 'ignore', 'pipe'] },
)
let output = ''
guard.stderr.setEncoding('utf8').on('data', text => {
  output = (output + text).slice(-20_000)
})
let over = false
guard.once('exit', (status, signal) => {
  if (!over) faults.push(`the guard ended with ${signal ?? status}:\n${output}`)
  over = true
})

const probe = () =>
  new Promise(resolve => {
    const request = get({ host: '127.0.0.1', port, path: '/.htpasswd/health', agent: false }, response => {
      response.resume()
      response.on('end', () => resolve(response.statusCode === 200))
    })
    request.setTimeout(PROBE_LIMIT_MS, () => request.destroy())
    request.on('error', () => resolve(false))
  })
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${guard.pid}/status`, 'utf8'))?.[1])

for (let attempt = 0; attempt < 200 && !(await probe()); attempt++) await pause(50)

let sent = 0
async function attack() {
  while (!over) {
    const bytes = mutate(pick(seeds))
    sent++
    await new Promise(resolve => {
      const socket = connect(port, '127.0.0.1')
      const finish = () => {
        socket.destroy()
        resolve()
      }
      socket.setTimeout(50 + random(300), finish)
      socket
        .on('error', finish)
        .on('close', finish)
        .on('data', () => {})
      const cut = random(3) === 0 ? random(bytes.length + 1) : bytes.length
      socket.write(bytes.subarray(0, cut))
      if (cut < bytes.length) setImmediate(() => socket.writable && socket.write(bytes.subarray(cut)))
      if (random(8) === 0) setImmediate(random(2) === 0 ? finish : () => socket.resetAndDestroy())
    })
  }
}

const start = Date.now()
const attackers = Array.from({ length: CONNECTIONS }, attack)
let warm
while (!over && faults.length === 0 && Date.now() - start < seconds * 1000) {
  await pause(250)
  const alive = await probe()
  // a crash shows itself as such a moment later
  if (!alive) await pause(250)
  if (!alive && !over) faults.push(`no answer to a health request within ${PROBE_LIMIT_MS} ms`)
  if (warm === undefined && !over && Date.now() - start > seconds * 300) warm = resident()
}
const grown = over ? 0 : resident() - (warm ?? resident())
if (grown > MAX_GROWTH_KB) faults.push(`memory grew by ${grown} KB after the first third`)
const ended = over ? undefined : once(guard, 'exit')
over = true
guard.kill('SIGTERM')
await Promise.all([...attackers, ended])
upstream.closeAllConnections()
upstream.close()
rmSync(folder, { recursive: true })
process.stdout.write(
  `${sent} broken requests in ${Math.round((Date.now() - start) / 1000)} s, memory ${grown >= 0 ? '+' : ''}${grown} KB, seed ${seed}\n`,
)
for (const fault of new Set(faults.slice(0, 20))) process.stdout.write(`FAULT ${fault}\n`)
process.exitCode = faults.length === 0 ? 0 : 1
