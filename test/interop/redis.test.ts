// Replicas of `serve` that share a Redis server: what holds over all of them, and what happens while Redis is away.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@redis/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Namespace } from '../../src/auth/shared/namespace.ts'
import { RedisStore } from '../../src/auth/shared/redis-store.ts'
import type { Reservation } from '../../src/auth/shared/store.ts'
import { attemptOf, bucketsOf, Throttle } from '../../src/auth/throttle.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { BrowserClient } from '../support/browser-client.ts'
import { makeCertificate, openssl } from '../support/certificate.ts'
import { eventually, freePort, type Program, skipReason, startProgram } from '../support/outside-program.ts'
import { ask, basic } from '../support/raw-client.ts'
import { type Redis, redisServer, startRedis } from '../support/redis-server.ts'
import { runBin } from '../support/run.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const reason = skipReason({ 'redis-server': redisServer })
const folder = mkdtempSync(join(tmpdir(), 'replicas-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const passwordFile = `alice:${await hashPassword('secret', { format: 'sha1' })}\nbob:${await hashPassword('builder', { format: 'sha1' })}\n`

/** Whole numbers below a bound, the same ones at each run (Numerical Recipes' generator). */
const createRandom = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

interface Replica {
  readonly port: number
  readonly program: Program
}

/** As on a machine of its own: with its own copy of the files. */
async function startReplica(name: string, ...options: string[]): Promise<Replica> {
  const replica = await launchReplica(name, {}, ...options)
  await hasStarted(replica)
  return replica
}

const hasStarted = ({ program }: Replica) =>
  eventually('the start', () => (program.output().includes('Guarding') ? true : undefined))

async function launchReplica(name: string, env: NodeJS.ProcessEnv, ...options: string[]): Promise<Replica> {
  const port = await freePort()
  const own = join(folder, name)
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'users'), passwordFile)
  writeFileSync(join(own, 'secret'), `${'s'.repeat(43)}\n`, { mode: 0o600 })
  const program = startProgram(
    process.execPath,
    [
      ...[bin, 'serve', join(own, 'users'), '--demo', '--login', '--log', 'off'],
      ...['--session-secret-file', join(own, 'secret'), '--listen', `127.0.0.1:${port}`],
      ...options,
    ],
    { env: { ...process.env, ...env } },
  )
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

  test('a remembered user, a session and a token ask Redis nothing; a new password asks it twice, a wrong one once', async () => {
    const client = createClient({ url: `redis://127.0.0.1:${redis.port}` })
    await client.connect()
    // the poll for sign-outs is another command
    const scripts = async () =>
      Number(/^cmdstat_eval:calls=(\d+)/m.exec(await client.info('commandstats'))?.[1])
    const added = await runBin(['token', 'add', join(folder, 'one', 'users'), 'alice', '--name', 'ci'])
    const token = ['Authorization', `Bearer ${/htk_\w+/.exec(added.stdout)?.[0]}`] as const
    const { first } = await signedIn(one, two)
    let before = await scripts()
    const cost = async (count: number) => {
      await until(`${count} commands`, async () => (await scripts()) >= before + count)
      expect((await scripts()) - before).toBe(count)
      before = await scripts()
    }
    expect(await guess(one, 'bob', 'builder')).toBe(200)
    await cost(2)
    expect(await guess(one, 'alice', 'no password of hers')).toBe(401)
    await cost(1)
    for (let i = 0; i < 20; i++) {
      expect(await guess(one, 'bob', 'builder')).toBe(200)
      expect(await statusOf(first)).toBe(200)
      expect((await ask({ port: one.port, headers: [token] })).status).toBe(200)
    }
    await cost(0)
    client.destroy()
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

/** Whether a sign-out at one replica reaches the other. */
async function expectShared(one: Replica, two: Replica) {
  const { first, second } = await signedIn(one, two)
  expect((await first.submit('/.htpasswd/logout', {})).status).toBe(200)
  await until('the sign-out', async () => (await statusOf(second)) === 401)
}

describe.skipIf(reason)('one replica', () => {
  const readyAt = async (replica: Replica) =>
    (await browserAt(replica).send('GET', '/.htpasswd/ready')).status

  test('a wrong password is an outage; the right one can be in a file', async () => {
    await using redis = await startRedis({ arguments: ['--requirepass', 'right-one'] })
    const wrong = await startReplica('wrong', '--redis-url', `redis://:wrong-one@127.0.0.1:${redis.port}`)
    await using _ = wrong.program
    expect(lines(wrong, `Redis at 127.0.0.1:${redis.port} cannot be used (WRONGPASS`)).toBe(1)
    expect(wrong.program.output()).not.toMatch(/wrong-one|right-one/)
    expect((await browserAt(wrong).signIn('alice', 'secret')).status).toBe(200)
    const file = join(folder, 'url')
    writeFileSync(file, `redis://:right-one@127.0.0.1:${redis.port}\n`, { mode: 0o600 })
    const right = await startReplica('right', '--redis-url-file', file)
    await using __ = right.program
    expect(lines(right, 'Redis')).toBe(0)
    expect((await browserAt(right).signIn('alice', 'wrong')).status).toBe(401)
    expect(await guess(right, 'bob', 'wrong')).toBe(401)
    const browser = browserAt(right)
    await browser.signIn('alice', 'secret')
    await browser.submit('/.htpasswd/logout', {})
    const client = createClient({ url: `redis://:right-one@127.0.0.1:${redis.port}` })
    await client.connect()
    const keys = await client.keys('*')
    const members = (
      await Promise.all(
        keys.map(async key => ((await client.type(key)) === 'zset' ? client.zRange(key, 0, -1) : [])),
      )
    ).flat()
    client.destroy()
    expect(keys.length).toBeGreaterThan(4)
    expect(keys.filter(key => !/^htpasswd:[\w-]{22}$/.test(key))).toEqual([])
    expect(members).toEqual([expect.stringMatching(/^[\w-]{22} \d{13} \d{13} [\w-]{22}$/)])
  })

  test('with --redis-required the start waits, and without Redis it is not ready and verifies nothing', async () => {
    const port = await freePort()
    const url = ['--redis-url', `redis://127.0.0.1:${port}`, '--redis-required']
    const metrics = await freePort()
    const storeUp = async () =>
      /^htpasswd_store_up (\d)$/m.exec((await ask({ port: metrics, path: '/metrics' })).text)?.[1]
    const more = ['--workers', '2', '--metrics', String(metrics)]
    const replica = await launchReplica('required', {}, ...url, ...more)
    await using _ = replica.program
    await until('the wait', () => lines(replica, 'Waiting for Redis') === 1)
    {
      await using _redis = await startRedis({ port })
      await hasStarted(replica)
      expect([await readyAt(replica), await storeUp()]).toEqual([200, '1'])
      expect(await guess(replica, 'alice', 'secret')).toBe(200)
    }
    await until('the loss', async () => (await readyAt(replica)) === 503)
    expect(await storeUp()).toBe('0')
    // one that starts in the place of another knows as well
    expect(await guess(replica, 'bob', 'builder')).toBe(503)
    await using _redis = await startRedis({ port })
    await until('the return', async () => (await readyAt(replica)) === 200)
    expect(await guess(replica, 'bob', 'builder')).toBe(200)
    // one that hangs is as good as none
    _redis.program.process.kill('SIGSTOP')
    await until('the loss', async () => (await readyAt(replica)) === 503)
    expect(await guess(replica, 'bob', 'wrong')).toBe(503)
    _redis.program.process.kill('SIGCONT')
    await until('the return', async () => (await readyAt(replica)) === 200)
  })

  test('told to stop while it waits for Redis, it stops', async () => {
    const url = ['--redis-url', `redis://127.0.0.1:${await freePort()}`, '--redis-required']
    const replica = await launchReplica('waiting', {}, ...url)
    await using _ = replica.program
    await until('the wait', () => lines(replica, 'Waiting for Redis') === 1)
    replica.program.process.kill('SIGTERM')
    expect(await replica.program.ended).toBe(0)
  })

  test('a failover by sentinels', async () => {
    const master = await startRedis()
    await using standby = await startRedis({ arguments: ['--replicaof', '127.0.0.1', String(master.port)] })
    const sentinel = [
      `sentinel monitor main 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds main 500',
      'sentinel failover-timeout main 2000',
    ].join('\n')
    await using watcher = await startRedis({ sentinel })
    const clientOf = async (port: number) => {
      const client = createClient({ url: `redis://127.0.0.1:${port}` })
      client.on('error', () => {})
      await client.connect()
      return client
    }
    const asked = await clientOf(watcher.port)
    await until('the replica', async () =>
      JSON.stringify(await asked.sendCommand(['SENTINEL', 'replicas', 'main'])).includes(
        String(standby.port),
      ),
    )
    asked.destroy()
    const url = ['--redis-url', `redis+sentinel://127.0.0.1:1,127.0.0.1:${watcher.port}/main`]
    const one = await startReplica('before', ...url)
    await using _ = one.program
    const two = await startReplica('after', ...url)
    await using __ = two.program
    await expectShared(one, two)
    const { first, second } = await signedIn(one, two)
    await master[Symbol.asyncDispose]()
    await until('the loss', () => lines(one, 'cannot be used') === 1)
    expect((await first.submit('/.htpasswd/logout', {})).status).toBe(202)
    await until('the sign-out', async () => (await statusOf(second)) === 401)
    for (const replica of [one, two]) await until('the return', () => lines(replica, 'responds again') === 1)
    await expectShared(one, two)
  })

  test('--check says whether Redis responds', async () => {
    await using redis = await startRedis({ arguments: ['--requirepass', 'right-one'] })
    const output = async (password: string) => {
      const url = `redis://:${password}@127.0.0.1:${redis.port}`
      const { program } = await launchReplica('check', {}, '--check', '--redis-url', url)
      await program.ended
      return program.output()
    }
    expect(await output('right-one')).toContain(`Redis at 127.0.0.1:${redis.port} responds`)
    expect(await output('wrong-one')).toContain(`Redis at 127.0.0.1:${redis.port} cannot be used (WRONGPASS`)
  })

  test('without the client library, the message says what to install', async () => {
    const { loadRedisClient } = await import('../../src/auth/shared/redis-client.ts')
    await expect(loadRedisClient(() => import('no-such-package' as string))).rejects.toThrow(
      'npm install @redis/client',
    )
  })
})

describe.skipIf(reason)('the scripts', () => {
  test('decide as the throttle of one process does', async () => {
    await using redis = await startRedis()
    const client = createClient({ url: `redis://127.0.0.1:${redis.port}`, RESP: 2 })
    await client.connect()
    let now = 1_800_000_000_000
    // the clock of the test in place of the server's, and keys that outlive it
    const send = ([name = '', text = '', ...rest]: readonly string[]) => {
      const time = `{'${Math.floor(now / 1000)}', '${(now % 1000) * 1000}'}`
      const fixed = text
        .replace("redis.call('TIME')", time)
        .replaceAll(/'PX', string.format\([^)]+\)/g, "'EX', '100'")
      expect(fixed).not.toContain('PX')
      return client.sendCommand([name, fixed, ...rest])
    }
    const maxFailures = 3
    const store = new RedisStore(send, [new Namespace('s'.repeat(40), 'test:')], 1000)
    const throttle = new Throttle({ maxFailures, now: () => now })
    const random = createRandom(7)
    const [admitted, refused] = [new Set<string>(), new Set<string>()]
    for (let i = 0; i < 1500; i++) {
      // a few names, then one address that tries many
      const isSpread = i >= 1000
      now += !isSpread && random(4) === 0 ? random(6000) : 0
      const address = random(2) === 0 || isSpread ? `192.0.2.${random(2)}` : `2001:db8:0:${random(4)}::1`
      const attempt = attemptOf(
        isSpread ? `user ${i % 80}` : (['alice', 'bob', 'carol'][random(3)] as string),
        address,
      )
      const isWrong = random(4) > 0
      const [admission, reservation] = [
        await throttle.admit(attempt),
        await store.reserve(bucketsOf(attempt, maxFailures)),
      ]
      if ('wait' in reservation) {
        expect(admission).toEqual({ wait: reservation.wait })
        refused.add(reservation.bucket.split(' ', 1)[0] as string)
      } else {
        expect(admission).toHaveProperty('isSuspect')
        throttle.settle(attempt, isWrong)
        if (!isWrong) await store.release(reservation)
        admitted.add(attempt.name)
      }
    }
    client.destroy()
    expect(admitted.size).toBeGreaterThan(50)
    expect([...refused].sort()).toEqual(['name', 'pair', 'subnet'])
  })

  test('what somebody else wrote, or another clock, locks nobody out for longer than failures do', async () => {
    await using redis = await startRedis()
    const client = createClient({ url: `redis://127.0.0.1:${redis.port}`, RESP: 2 })
    await client.connect()
    const namespace = new Namespace('s'.repeat(40), 'test:')
    const store = new RedisStore(command => client.sendCommand([...command]), [namespace], 1000)
    const buckets = bucketsOf(attemptOf('alice', '192.0.2.1'), 3)
    const [pair] = buckets.buckets
    const key = namespace.keyOf(pair?.key as string)
    await client.sendCommand(['SET', key, '9e15'])
    expect(await store.reserve(buckets)).toEqual({ bucket: pair?.key, wait: 5000 })
    for (const text of ['', 'nan', 'x'.repeat(10_000), '-9e15']) {
      await client.sendCommand(['SET', key, text])
      const reservation = await store.reserve(buckets)
      expect(reservation).toHaveProperty('keys')
      await client.sendCommand(['SET', key, text])
      await store.release(reservation as Reservation)
    }
    client.destroy()
  })

  test('the list of ended sessions is read on from where it was, also after the clock went back, and is pruned', async () => {
    await using redis = await startRedis()
    const client = createClient({ url: `redis://127.0.0.1:${redis.port}`, RESP: 2 })
    await client.connect()
    let now = 1_800_000_000_000
    const send = ([name = '', text = '', ...rest]: readonly string[]) =>
      client.sendCommand([
        name,
        text.replace("redis.call('TIME')", `{'${Math.floor(now / 1000)}', '0'}`),
        ...rest,
      ])
    const [old, fresh] = ['o', 'n'].map(letter => new Namespace(letter.repeat(40), '')) as [
      Namespace,
      Namespace,
    ]
    const one = new RedisStore(send, [fresh, old], 60_000)
    // a replica that does not know the new secret yet
    const two = new RedisStore(send, [old], 60_000)
    const session = (letter: string) => ({ id: letter.repeat(22), signedInAt: 1, until: now + 100_000 })
    const idsAt = async (store: RedisStore, which: 'all' | 'new') => [
      ...new Set((await store.readEnded(which)).map(({ id }) => id[0])),
    ]
    await one.addEnded(
      Array.from({ length: 1200 }, (_, i) => ({ ...session('x'), id: `x${i}`.padEnd(22, '_') })),
    )
    expect(await idsAt(two, 'all')).toEqual(['x'])
    now += 60_000
    await one.addEnded([session('b')])
    expect(await idsAt(two, 'new')).toContain('b')
    expect(await idsAt(two, 'new')).toEqual(['b'])
    now -= 3_600_000
    await two.addEnded([session('c')])
    expect(await idsAt(two, 'new')).toEqual(['b', 'c'])
    now += 3_600_000 + 170_000
    await one.addEnded([session('d')])
    expect(await idsAt(one, 'all')).toEqual(['b', 'd', 'c'])
    expect(await client.zCard(old.keyOf('ended'))).toBe(3)
    client.destroy()
  })
})

describe.skipIf(skipReason({ 'redis-server': redisServer, openssl }))('other ways to a server', () => {
  test('TLS and a unix socket', async () => {
    const { cert, key } = makeCertificate(folder, 'redis.test')
    const [socket, tlsPort] = [join(folder, 'redis.sock'), await freePort()]
    await using _redis = await startRedis({
      arguments: [
        ...['--unixsocket', socket, '--tls-port', String(tlsPort), '--tls-auth-clients', 'no'],
        ...['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert],
      ],
    })
    const trusting = { NODE_EXTRA_CA_CERTS: cert, HTPASSWD_REDIS_URL: `rediss://127.0.0.1:${tlsPort}` }
    const one = await launchReplica('tls', trusting)
    await using _ = one.program
    const two = await startReplica('socket', '--redis-url', `unix://${socket}`)
    await using __ = two.program
    await hasStarted(one)
    await expectShared(one, two)
    const distrusting = await startReplica('distrusting', '--redis-url', `rediss://127.0.0.1:${tlsPort}`)
    await using ___ = distrusting.program
    expect(lines(distrusting, 'self-signed certificate')).toBe(1)
  })
})
