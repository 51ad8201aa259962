// How the cost of `serve` grows with users, rules and open streams: CPU of the start, memory, and CPU per request of a
// verified user.
import { createWriteStream, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms, temporaryFolder } from './environment.js'
import { cpuSeconds, freePort, residentMegabytes, start, startGuard, startUpstream } from './guard-servers.js'
import { inRounds } from './interleaved.js'
import { basicLogin, EACH_TURN, measureRequests } from './requests.js'

requirePrograms('wrk', 'nginx')

/** The most that a replica with a million users may hold. */
const MOST_MEGABYTES = 300
const PASSWORD = 'correct horse battery'
const login = basicLogin('alice', PASSWORD)
const folder = temporaryFolder('growth')
const alice = `alice:${await hashPassword(PASSWORD, { format: 'sha1' })}\n`
// the look-ups never compare these, so one salt will do
const other = await hashPassword(PASSWORD, { format: 'bcrypt', cost: 4 })

async function usersFile(count) {
  const path = join(folder, `users-${count}`)
  const out = createWriteStream(path)
  out.write(alice)
  for (let i = 1; i < count; i += 1000) {
    const lines = Array.from({ length: Math.min(1000, count - i) }, (_, k) => `user${i + k}:${other}\n`)
    if (!out.write(lines.join(''))) await new Promise(resolve => out.once('drain', resolve))
  }
  await new Promise(resolve => out.end(resolve))
  return path
}

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3)
/** An app of its own process, which never ends its responses on /stream. */
const APP = `require('node:http').createServer((request, response) => {
  if (request.url !== '/stream') response.end('hello world\\n')
  else response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\\n\\n')
}).listen(process.argv[1], '127.0.0.1')`

const rows = []
// each program that is started has one
process.setMaxListeners(0)

/** Starts a guard; it goes on until all have been measured, so that their figures come from the same minutes. */
async function add(label, users, port, options = [], before = async () => {}) {
  const guard = await startGuard(users, port, options)
  const start = cpuSeconds(guard.pid) * 1000
  await before(guard)
  rows.push({ label, guard, start, memory: residentMegabytes(guard.pid) })
}

/** Streams of responses that do not end. */
async function openStreams({ port }, count) {
  for (let i = 0; i < count; i++) {
    await new Promise((resolve, reject) => {
      const auth = `alice:${PASSWORD}`
      const stream = request({ port, path: '/stream', auth, agent: false }, response => {
        response.resume().on('error', () => {})
        resolve()
      })
      stream.once('error', reject).on('error', () => {})
      stream.end()
    })
  }
}

const appPort = await freePort()
const app = await start('app', appPort, process.execPath, ['-e', APP, String(appPort)])
const upstream = await startUpstream(folder)
const few = await usersFile(10)
for (const count of [10, 1_000, 100_000, 1_000_000])
  await add(`${count} users`, await usersFile(count), upstream.port)
for (const count of [10, 100, 1_000]) {
  const rules = join(folder, `rules-${count}`)
  const lines = Array.from({ length: count - 1 }, (_, i) => `GET /area${i}/** user:bob\n`)
  writeFileSync(rules, `${lines.join('')}ANY /** valid-user\n`)
  await add(`${count} rules`, few, upstream.port, ['--rules', rules])
}
for (const count of [0, 100, 1_000])
  await add(`${count} open streams`, few, appPort, [], guard => openStreams(guard, count))

printEnvironment(
  `serve: CPU of the start, resident memory, CPU per request of a verified user; ${EACH_TURN}, least of ${ROUNDS} rounds`,
)
const rounds = await inRounds(
  ROUNDS,
  rows.map(({ guard }) => guard),
  server => measureRequests(server, { headers: [login] }).cpu,
)
const right = (value, width, unit) => `${value.toFixed(0).padStart(width)} ${unit}`
console.log(`${''.padEnd(20)} ${'start'.padStart(10)} ${'memory'.padStart(10)} ${'CPU'.padStart(10)}`)
for (const [i, { label, guard, start, memory }] of rows.entries()) {
  const cpu = Math.min(...rounds.map(round => round[i]))
  console.log(`${label.padEnd(20)} ${right(start, 7, 'ms')} ${right(memory, 7, 'MB')} ${right(cpu, 7, 'µs')}`)
  if (label === '1000000 users' && memory >= MOST_MEGABYTES) {
    console.error(`expected a million users in under ${MOST_MEGABYTES} MB, got ${memory.toFixed(0)} MB`)
    process.exitCode = 1
  }
  await guard.stop()
}
await app.stop()
await upstream.stop()
// the streams' sockets have no other end
process.exit()
