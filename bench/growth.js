// How the cost of `serve` grows with users, rules and open streams: start, memory, and CPU per request of a verified user.
import { createWriteStream, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms, temporaryFolder } from './environment.js'
import { residentMegabytes, startGuard, startUpstream } from './guard-servers.js'
import { inRounds } from './interleaved.js'
import { basicLogin, measureRequests } from './requests.js'

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

async function measure(label, users, upstream, options = [], before = async () => {}) {
  const from = performance.now()
  const guard = await startGuard(users, upstream, options)
  const start = performance.now() - from
  await before(guard)
  const idle = residentMegabytes(guard.pid)
  const [[cpu]] = await inRounds(1, [guard], server => measureRequests(server, { headers: [login] }).cpu)
  console.log(
    `${label.padEnd(22)} ${start.toFixed(0).padStart(6)} ms ${idle.toFixed(0).padStart(6)} MB ${cpu.toFixed(0).padStart(6)} µs`,
  )
  await guard.stop()
  return idle
}

printEnvironment('serve: start, resident memory, CPU per request of a verified user')
console.log(`${''.padEnd(22)} ${'start'.padStart(9)} ${'memory'.padStart(9)} ${'CPU'.padStart(9)}`)
const upstream = await startUpstream(folder)
const files = new Map()
for (const count of [10, 1_000, 100_000, 1_000_000]) {
  files.set(count, await usersFile(count))
  const megabytes = await measure(`${count} users`, files.get(count), upstream.port)
  if (count === 1_000_000 && megabytes >= MOST_MEGABYTES) {
    console.error(`expected a million users in under ${MOST_MEGABYTES} MB, got ${megabytes.toFixed(0)} MB`)
    process.exitCode = 1
  }
}
for (const count of [10, 100, 1_000]) {
  const rules = join(folder, `rules-${count}`)
  const lines = Array.from({ length: count - 1 }, (_, i) => `GET /area${i}/** user:bob\n`)
  writeFileSync(rules, `${lines.join('')}ANY /** valid-user\n`)
  await measure(`${count} rules`, files.get(10), upstream.port, ['--rules', rules])
}

// an app that never ends its responses on /stream
const app = createServer((incoming, response) => {
  if (incoming.url !== '/stream') response.end('hello world\n')
  else response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
}).listen(0, '127.0.0.1')
await new Promise(resolve => app.once('listening', resolve))
const open = []
for (const count of [100, 1_000]) {
  await measure(`${count} open streams`, files.get(10), app.address().port, [], async ({ port }) => {
    for (let i = 0; i < count; i++) {
      await new Promise((resolve, reject) => {
        const auth = `alice:${PASSWORD}`
        const stream = request({ port, path: '/stream', auth, agent: false }, response => {
          response.resume().on('error', () => {})
          resolve()
        })
        stream.once('error', reject).on('error', () => {})
        stream.end()
        open.push(stream)
      })
    }
  })
  for (const stream of open.splice(0)) stream.destroy()
}
app.close()
app.closeAllConnections()
await upstream.stop()
