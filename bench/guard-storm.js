// A storm of wrong logins at bcrypt cost 12: how it affects the event loop, `/version` and users who are logged in.
import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashPassword } from '../dist/index.js'
import { printEnvironment } from './environment.js'

const SECONDS = Number(process.env.BENCH_SECONDS ?? 4)
const ROUNDS = 3
const PASSWORD = 'correct horse battery'
const basic = (user, password) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const script = fileURLToPath(import.meta.url)

/** The guard in its own process, which measures its event loop. The throttle is off, so every guess costs a hash. */
async function guard([users, upstream]) {
  const { monitorEventLoopDelay } = await import('node:perf_hooks')
  const { Authenticator, createGuard, HtpasswdFile } = await import('../dist/index.js')
  const authenticator = new Authenticator(await HtpasswdFile.open(users), { maxFailures: 0 })
  const { server } = createGuard({ authenticator, upstream, maxConnectionsPerAddress: 0 })
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  process.on('message', () => {
    process.send({ p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 })
    delay.reset()
  })
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
}

const ask = (port, agent, path, authorization) =>
  new Promise((resolve, reject) => {
    const req = request({ port, host: '127.0.0.1', agent, path, headers: { authorization } }, res =>
      res.resume().on('end', () => resolve(res.statusCode)),
    )
    req.on('error', reject).end()
  })

/** Sends requests without a pause until the time is over. */
async function loop(until, once) {
  while (performance.now() < until) await once()
}

/** Requests per second of verified users, and the 99th percentile of /version, requested 50 times per second. */
async function measure(port, child) {
  const [agent, probe] = [new Agent({ keepAlive: true, maxSockets: 8 }), new Agent({ keepAlive: true })]
  const alice = basic('alice', PASSWORD)
  child.send('reset')
  await once(child, 'message')
  const until = performance.now() + SECONDS * 1000
  let requests = 0
  const delays = []
  const clients = Array.from({ length: 8 }, () =>
    loop(until, async () => {
      if ((await ask(port, agent, '/hello', alice)) !== 200) throw new Error('a verified user was refused')
      requests++
    }),
  )
  const version = loop(until, async () => {
    const start = performance.now()
    if ((await ask(port, probe, '/version', alice)) !== 200) throw new Error('/version was refused')
    delays.push(performance.now() - start)
    await new Promise(resolve => setTimeout(resolve, 20))
  })
  await Promise.all([...clients, version])
  child.send('report')
  const [{ p99, max }] = await once(child, 'message')
  agent.destroy()
  probe.destroy()
  return {
    rate: requests / SECONDS,
    version: delays.sort((a, b) => a - b)[Math.floor(delays.length * 0.99)],
    p99,
    max,
  }
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-storm-'))
  const users = join(folder, 'users')
  writeFileSync(users, `alice:${await hashPassword(PASSWORD, { cost: 12 })}\n`)
  const app = createServer((_, res) => res.end('hello\n')).listen(0, '127.0.0.1')
  await once(app, 'listening')
  const child = fork(script, [users, `http://127.0.0.1:${app.address().port}`])
  process.once('exit', () => child.kill())
  const [{ port }] = await once(child, 'message')
  const apart = keepApart(child.pid, process.pid)

  printEnvironment(
    `A storm of wrong logins at bcrypt cost 12, throttle off: 64 connections, ${SECONDS} s each row`,
  )
  console.log(apart ? 'guard and clients on a core each' : 'guard and clients share the cores')
  await measure(port, child)
  const answers = new Map()
  const rounds = []
  // alternating, so that other load on the machine affects both alike
  for (let i = 0; i < ROUNDS; i++) {
    const calm = await measure(port, child)
    const stop = storm(port, answers)
    rounds.push({ calm, stormy: await measure(port, child) })
    await stop()
  }
  child.kill()
  app.close()
  rmSync(folder, { recursive: true })

  for (const { calm, stormy } of rounds) {
    print('calm', calm)
    print('storm', stormy)
  }
  const counted = [...answers].map(([status, count]) => `${count} x ${status}`).join(', ')
  console.log(`the storm was answered ${counted}`)
  const middle = name => median(rounds.map(({ stormy }) => stormy[name]))
  const share = median(rounds.map(({ calm, stormy }) => stormy.rate / calm.rate))
  const misses = [
    middle('p99') >= 50 && 'event loop p99 under 50 ms',
    middle('version') >= 100 && '/version under 100 ms',
    share < 0.7 && '70 % of the rate',
  ].filter(Boolean)
  console.log(`verified users keep ${(share * 100).toFixed(0)} % of their rate (at least 70 %)`)
  console.log(misses.length === 0 ? 'all targets are met' : `MISSED: ${misses.join(', ')}`)
}

const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

/**
 * Pins the guard to one core, and its clients and the app to another, as if they were other machines: otherwise the
 * scheduler moves them to the guard's core while a hash occupies the other one. Linux only.
 */
function keepApart(...pids) {
  return pids.every((pid, core) => spawnSync('taskset', ['-acp', core, pid]).status === 0)
}

const print = (name, { p99, max, version, rate }) =>
  console.log(
    `${name.padEnd(8)}event loop p99 ${p99.toFixed(1)} ms, max ${max.toFixed(0)} ms; /version p99 ${version.toFixed(0)} ms; ${rate.toFixed(0)} verified requests/s`,
  )

/** @returns a function that stops it. */
function storm(port, answers) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  let over = false
  const guessers = Array.from({ length: 64 }, async (_, i) => {
    for (let n = 0; !over; n++) {
      const status = await ask(port, agent, '/', basic(`user${i}`, `guess ${n}`))
      answers.set(status, (answers.get(status) ?? 0) + 1)
      // a client that obeys Retry-After would wait a second; this one tries ten times as often
      if (status === 503) await new Promise(resolve => setTimeout(resolve, 100))
    }
  })
  return async () => {
    over = true
    await Promise.all(guessers)
    agent.destroy()
  }
}

await (process.send === undefined ? main() : guard(process.argv.slice(2)))
