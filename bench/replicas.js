// Replicas beside a Redis server: memory of each, and the commands that a login, a wrong password and an idle second cost Redis.
// Then more replicas than one machine holds, as far as Redis sees of them.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EndedList } from '../dist/auth/sessions/ended-sessions.js'
import { connectRedis } from '../dist/auth/shared/redis.js'
import { parseRedisUrl } from '../dist/auth/shared/redis-address.js'
import { attemptOf, Throttle } from '../dist/auth/throttle.js'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms, temporaryFolder } from './environment.js'
import { cpuSeconds, freePort, residentMegabytes, start, startGuard, startUpstream } from './guard-servers.js'

requirePrograms('redis-server', 'redis-cli', 'nginx')

const COUNTS = (process.env.BENCH_REPLICAS ?? '1,2,4,8').split(',').map(Number)
const SIMULATED = (process.env.BENCH_SIMULATED ?? '10,100,500').split(',').map(Number)
const LOGINS = 200
const IDLE_MS = 5_000
// each program has a listener that ends it
process.setMaxListeners(0)
const folder = temporaryFolder('replicas')
const users = join(folder, 'users')
const hash = await hashPassword('right', { format: 'sha1' })
writeFileSync(users, Array.from({ length: LOGINS }, (_, i) => `user${i}:${hash}\n`).join(''))

const redisPort = await freePort()
const redis = await start('redis', redisPort, 'redis-server', ['--port', String(redisPort), '--save', ''])
/** The commands that Redis ran so far, those within scripts too, without those that ask for this number. */
function commands() {
  const info = execFileSync('redis-cli', ['-p', String(redisPort), 'info', 'commandstats'], {
    encoding: 'utf8',
  })
  const calls = [...info.matchAll(/^cmdstat_(?!info)[^:]+:calls=(\d+)/gm)]
  return calls.reduce((sum, [, count]) => sum + Number(count), 0)
}

/** One request after the other, each to the next replica. @returns requests a second. */
async function ask(replicas, count, password) {
  const from = performance.now()
  for (let i = 0; i < count; i++) {
    const authorization = `Basic ${Buffer.from(`user${i % LOGINS}:${password}`).toString('base64')}`
    const { port } = replicas[i % replicas.length]
    await (await fetch(`http://127.0.0.1:${port}/hello`, { headers: { authorization } })).text()
  }
  return (count * 1000) / (performance.now() - from)
}

printEnvironment('Replicas with shared state in Redis')
console.log('replicas  MB each  commands: login  remembered  wrong  idle second  requests/s  CPU ms/s idle')
const upstream = await startUpstream(folder)
const secret = join(folder, 'secret')
writeFileSync(secret, `${'x'.repeat(64)}\n`, { mode: 0o600 })
for (const count of COUNTS) {
  const replicas = []
  const options = [
    '--login',
    '--session-secret-file',
    secret,
    '--redis-url',
    `redis://127.0.0.1:${redisPort}`,
  ]
  // the failures below are no attack
  options.push('--max-failures', '1000')
  for (let i = 0; i < count; i++) replicas.push(await startGuard(users, upstream.port, options))
  await pause(1_500)
  let before = commands()
  const cpuBefore = replicas.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0)
  await pause(IDLE_MS)
  const idle = ((commands() - before) * 1000) / IDLE_MS
  const cpu =
    ((replicas.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0) - cpuBefore) * 1e6) / IDLE_MS / count
  const perRequest = async (requests, password) => {
    before = commands()
    const from = performance.now()
    const rate = await ask(replicas, requests, password)
    const polled = (idle * (performance.now() - from)) / 1000
    return { rate, commands: Math.max(0, commands() - before - polled) / requests }
  }
  const login = await perRequest(LOGINS, 'right')
  // of these each replica has verified some: the rest are logins too, so twice round
  await ask(replicas, LOGINS * count, 'right')
  const remembered = await perRequest(LOGINS * 5, 'right')
  const wrong = await perRequest(20, 'wrong')
  const memory = replicas.reduce((sum, { pid }) => sum + residentMegabytes(pid), 0) / count
  const cells = [
    [count, 8, 0],
    [memory, 9, 0],
    [login.commands, 17, 2],
    [remembered.commands, 12, 2],
    [wrong.commands, 7, 2],
    [idle, 13, 1],
    [remembered.rate, 12, 0],
    [cpu, 15, 1],
  ]
  console.log(cells.map(([value, width, digits]) => value.toFixed(digits).padStart(width)).join(''))
  await Promise.all(replicas.map(replica => replica.stop()))
}
await upstream.stop()

/** What a replica has of Redis: its connection, its throttle and its list of ended sessions. */
function simulate(onDown) {
  const [maxFailures, now] = [10, () => performance.now()]
  return connectRedis({
    address: parseRedisUrl(`redis://127.0.0.1:${redisPort}`),
    prefix: 'simulated:',
    secrets: ['x'.repeat(64)],
    throttle: { local: new Throttle({ maxFailures, now }), maxFailures, now, isRequired: false },
    ended: new EndedList(Date.now),
    maxMilliseconds: 3_600_000,
    onUp: () => {},
    onDown,
  })
}

/** Right passwords at replica after replica, each user from an address of their own. */
async function logIn(replicas, count) {
  let next = 0
  const client = async () => {
    for (let i = next++; i < count; i = next++) {
      const { limiter } = replicas[i % replicas.length]
      const attempt = attemptOf(`user${i}`, `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`)
      await limiter.admit(attempt)
      limiter.settle(attempt, false)
    }
  }
  await Promise.all(Array.from({ length: 20 }, client))
}

console.log('\nsimulated  Redis: CPU ms/s idle  CPU us/login  MB  a sign-out reaches all after ms  outages')
for (const count of SIMULATED) {
  let outages = 0
  const replicas = []
  for (let i = 0; i < count; i++) replicas.push(await simulate(() => outages++))
  await pause(1_500)
  let before = cpuSeconds(redis.pid)
  await pause(IDLE_MS)
  const idle = ((cpuSeconds(redis.pid) - before) * 1e6) / IDLE_MS
  before = cpuSeconds(redis.pid)
  const logins = 20_000
  await logIn(replicas, logins)
  const login = ((cpuSeconds(redis.pid) - before) * 1e6) / logins
  const session = { id: `${count}`.padEnd(22, 'x'), signedInAt: 1, until: Date.now() + 3_600_000 }
  const from = performance.now()
  await replicas[0].ended.add(session)
  while (!replicas.every(({ ended }) => ended.has(session.id, 1))) await pause(5)
  const delay = performance.now() - from
  const cells = [
    [count, 9, 0],
    [idle, 23, 1],
    [login, 14, 0],
    [residentMegabytes(redis.pid), 4, 0],
    [delay, 33, 0],
    [outages, 9, 0],
  ]
  console.log(cells.map(([value, width, digits]) => value.toFixed(digits).padStart(width)).join(''))
  for (const replica of replicas) replica.close()
}
await redis.stop()
