// A thousand open event streams through the guard: the delay of each event, and the memory per stream.
import { writeFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, temporaryFolder } from './environment.js'
import { residentMegabytes, startGuard } from './guard-servers.js'

const STREAMS = Number(process.env.BENCH_STREAMS ?? 1000)
const ROUNDS = 10
const folder = temporaryFolder('streams')
const users = join(folder, 'users')
writeFileSync(users, `alice:${await hashPassword('x', { format: 'sha1' })}\n`)

const open = new Set()
const app = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(':\n\n')
  open.add(response)
})
await new Promise(resolve => app.listen(0, '127.0.0.1', resolve))
printEnvironment(`${STREAMS} open event streams (each event within 100 ms)`)
const guard = await startGuard(users, app.address().port)
const headers = {
  authorization: `Basic ${Buffer.from('alice:x').toString('base64')}`,
  accept: 'text/event-stream',
}
let onEvent = () => {}
const connectOne = () =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: guard.port, path: '/events', headers, agent: false }, response => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`))
      response.once('data', resolve)
      response.on('data', chunk => onEvent(chunk))
      response.on('error', () => {})
    }).on('error', reject)
  })
await connectOne()
const before = residentMegabytes(guard.pid)
for (let i = 1; i < STREAMS; i += 50)
  await Promise.all(Array.from({ length: Math.min(50, STREAMS - i) }, connectOne))
const each = ((residentMegabytes(guard.pid) - before) * 1024) / STREAMS

const latest = []
for (let round = 0; round < ROUNDS; round++) {
  let missing = STREAMS
  const start = performance.now()
  const all = new Promise(resolve => {
    onEvent = () => {
      if (--missing === 0) resolve()
    }
  })
  for (const response of open) response.write('data: x\n\n')
  await all
  latest.push(performance.now() - start)
}
latest.sort((a, b) => a - b)
console.log(
  `an event to all of them: the last one came after ${latest[ROUNDS >> 1].toFixed(0)} ms (median), ${latest.at(-1).toFixed(0)} ms (worst of ${ROUNDS})`,
)
console.log(`memory: ${each.toFixed(1)} KB a stream`)
for (const response of open) response.destroy()
await guard.stop()
app.closeAllConnections()
app.close()
