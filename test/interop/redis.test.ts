// Replicas of `serve` that share a Redis server: what holds over all of them, and what happens while Redis is away.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { BrowserClient } from '../support/browser-client.ts'
import { eventually, freePort, type Program, skipReason, startProgram } from '../support/outside-program.ts'
import { ask, basic } from '../support/raw-client.ts'
import { type Redis, redisServer, startRedis } from '../support/redis-server.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const reason = skipReason({ 'redis-server': redisServer })
const folder = mkdtempSync(join(tmpdir(), 'replicas-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const passwordFile = `alice:${await hashPassword('secret', { format: 'sha1' })}\nbob:${await hashPassword('builder', { format: 'sha1' })}\n`

interface Replica {
  readonly port: number
  readonly program: Program
}

/** As on a machine of its own: with its own copy of the files. */
async function startReplica(name: string, ...options: string[]): Promise<Replica> {
  const port = await freePort()
  const own = join(folder, name)
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'users'), passwordFile)
  writeFileSync(join(own, 'secret'), `${'s'.repeat(43)}\n`, { mode: 0o600 })
  const program = startProgram(process.execPath, [
    ...[bin, 'serve', join(own, 'users'), '--demo', '--login', '--log', 'off'],
    ...['--session-secret-file', join(own, 'secret'), '--listen', `127.0.0.1:${port}`],
    ...options,
  ])
  await eventually('the start', () => (program.output().includes('Guarding') ? true : undefined))
  return { port, program }
}

const browserAt = ({ port }: Replica, cookies?: BrowserClient) => {
  const browser = new BrowserClient(`http://127.0.0.1:${port}`)
  for (const [name, value] of cookies?.cookies ?? []) browser.cookies.set(name, value)
  return browser
}
const statusOf = async (browser: BrowserClient) =>
  (await browser.send('GET', '/', { 'sec-fetch-mode': 'cors' })).status
const until = (what: string, ask: () => Promise<boolean> | boolean) =>
  eventually(what, async () => ((await ask()) ? true : undefined))
const lines = ({ program }: Replica, text: string) =>
  program
    .output()
    .split('\n')
    .filter(line => line.includes(text)).length
const guess = async ({ port }: Replica, user: string, password: string) =>
  (await ask({ port, headers: [basic(user, password)] })).status

/** A user who is signed in at one replica, with the same cookie at another. */
async function signedIn(here: Replica, there: Replica) {
  const first = browserAt(here)
  expect((await first.signIn('alice', 'secret')).status).toBe(200)
  const second = browserAt(there, first)
  expect(await statusOf(second)).toBe(200)
  return { first, second }
}

describe.skipIf(reason)('two replicas', () => {
  let redis: Redis
  let one: Replica
  let two: Replica
  beforeAll(async () => {
    redis = await startRedis()
    const url = ['--redis-url', `redis://127.0.0.1:${redis.port}`]
    one = await startReplica('one', ...url)
    two = await startReplica('two', ...url, '--workers', '2')
  })
  afterAll(async () => {
    for (const { program } of [one, two]) await program[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })
  const restart = async () => {
    redis = await startRedis({ port: redis.port })
  }

  test('a sign-out at one ends the session at the other', async () => {
    const { first, second } = await signedIn(one, two)
    const { status, headers } = await first.submit('/.htpasswd/logout', {})
    expect([status, headers['x-htpasswd-pending']]).toEqual([200, undefined])
    await until('the sign-out', async () => (await statusOf(second)) === 401)
  })

  test('guesses at both are bounded by the limit of one', async () => {
    const start = performance.now()
    const statuses: number[] = []
    for (let i = 0; i < 24; i += 4)
      statuses.push(
        ...(await Promise.all(
          [one, one, two, two].map((replica, n) => guess(replica, 'bob', `guess ${i + n}`)),
        )),
      )
    const forgiven = Math.floor((performance.now() - start) / 5000)
    const checked = statuses.filter(status => status === 401).length
    expect(checked).toBeGreaterThanOrEqual(10)
    expect(checked).toBeLessThanOrEqual(10 + forgiven)
  })

  test('Redis is stopped and started empty: no signed-in user notices, and no ended session comes back', async () => {
    const { first, second } = await signedIn(one, two)
    const gone = await signedIn(two, one)
    const before = await signedIn(one, two)
    const cookie = browserAt(two, before.first)
    await before.first.submit('/.htpasswd/logout', {})
    let ended = false
    let requests = 0
    const traffic = (async () => {
      while (!ended) {
        expect(await Promise.all([first, second].map(statusOf))).toEqual([200, 200])
        requests++
      }
    })()
    await redis[Symbol.asyncDispose]()
    await until('the loss', () => lines(one, 'cannot be used') === 1 && lines(two, 'cannot be used') === 1)
    // a sign-out is done here, and not yet everywhere
    const { status, headers } = await gone.first.submit('/.htpasswd/logout', {})
    expect([status, headers['x-htpasswd-pending']]).toEqual([202, 'replicas'])
    // passwords are verified
    expect(await guess(two, 'alice', 'secret')).toBe(200)
    await restart()
    await until('the sign-out', async () => (await statusOf(gone.second)) === 401)
    await until('the one before', async () => (await statusOf(cookie)) === 401)
    // one that starts now learns from the others, by way of the new server
    const three = await startReplica('three', '--redis-url', `redis://127.0.0.1:${redis.port}`)
    await using _ = three.program
    expect(await statusOf(browserAt(three, first))).toBe(200)
    for (const browser of [cookie, gone.second]) expect(await statusOf(browserAt(three, browser))).toBe(401)
    ended = true
    await traffic
    expect(requests).toBeGreaterThan(0)
    for (const replica of [one, two]) {
      expect(lines(replica, 'cannot be used')).toBe(1)
      expect(lines(replica, 'responds again')).toBe(1)
    }
  })

  test('a Redis that hangs delays nobody who is signed in, and a password by a tenth of a second', async () => {
    const { first, second } = await signedIn(one, two)
    redis.program.process.kill('SIGSTOP')
    expect(await Promise.all([first, second].map(statusOf))).toEqual([200, 200])
    expect(await guess(one, 'alice', 'wrong')).toBe(401)
    const { status } = await first.submit('/.htpasswd/logout', {})
    expect(status).toBe(202)
    expect(await statusOf(second)).toBe(200)
    redis.program.process.kill('SIGCONT')
    await until('the sign-out', async () => (await statusOf(second)) === 401)
  })
})
