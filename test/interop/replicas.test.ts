// Two replicas with a Redis server behind a real Traefik before a real MLflow: what one knows holds in the other, and each of
// them and Redis may be away.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { BrowserClient } from '../support/browser-client.ts'
import {
  eventually,
  freePort,
  type Program,
  skipReason,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'
import { ask, basic } from '../support/raw-client.ts'
import { type Redis, redisServer, startRedis } from '../support/redis-server.ts'
import { runBin } from '../support/run.ts'
import { proxyPrograms, type StartedProxy, startProxy } from './auth-proxies.ts'
import { type Guarded, python, startWithMlflow } from './mlflow-programs.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const missing = skipReason({
  Traefik: proxyPrograms.Traefik.program,
  'MLflow in .cache/mlflow': python,
  'redis-server': redisServer,
})
const passwords = { ann: 'pw of ann', guest: 'pw of guest', bob: 'pw of bob', dora: 'pw of dora' }
const READ = '/version'
/** In the access log of a replica that was asked. */
const ASKED = 'GET /.htpasswd/auth/traefik '
const CREATE = '/api/2.0/mlflow/experiments/create'

describe.skipIf(missing)('two replicas behind Traefik', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replicas-'))
  const replicas: Program[] = []
  const ports: number[] = []
  let mlflow: Guarded
  let traefik: StartedProxy
  let redis: Redis
  let token: string

  const startReplica = async (i: number): Promise<void> => {
    const replica = startProgram(
      process.execPath,
      [
        ...[bin, 'serve', 'users', '--auth-endpoint', 'traefik', '--trust-proxy', '127.0.0.1'],
        ...[
          '--login',
          '--session-secret-file',
          `secret-${i}`,
          '--redis-url',
          `redis://127.0.0.1:${redis.port}`,
        ],
        ...['--preset', 'mlflow', '--groups', 'groups', '--readers', 'group:readers'],
        ...['--listen', `127.0.0.1:${ports[i]}`],
      ],
      { cwd: folder },
    )
    replicas[i] = replica
    await untilListening(ports[i] as number, replica)
  }

  beforeAll(async () => {
    const records = Object.entries(passwords).map(
      async ([user, password]) => `${user}:${await hashPassword(password, { cost: 5 })}\n`,
    )
    writeFileSync(join(folder, 'users'), (await Promise.all(records)).join(''))
    writeFileSync(join(folder, 'groups'), 'readers: guest\n')
    // as on two machines: one secret, and a list of ended sessions for each
    for (const i of [0, 1]) writeFileSync(join(folder, `secret-${i}`), `${'s'.repeat(43)}\n`, { mode: 0o600 })
    const added = await runBin(['token', 'add', 'users', 'ann', '--name', 'ci'], { cwd: folder })
    token = /htk_\w+/.exec(added.stdout)?.[0] ?? ''
    ports.push(await freePort(), await freePort())
    redis = await startRedis()
    ;[mlflow] = await Promise.all([startWithMlflow(folder), startReplica(0).then(() => startReplica(1))])
    traefik = await startProxy(
      { ...proxyPrograms.Traefik, files: ['traefik-replicas.yaml', 'traefik-replicas-dynamic.yaml'] },
      { guards: ports, app: mlflow.upstreamPort },
    )
  })
  afterAll(async () => {
    for (const program of [traefik, mlflow?.program, ...replicas, redis])
      await program?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  interface Sent {
    readonly method?: string
    readonly path?: string
    readonly from?: string
  }
  const send = async (
    login: readonly [string, string],
    { method = 'GET', path = READ, from }: Sent = {},
  ): Promise<number> => {
    const body = method === 'POST' ? JSON.stringify({ name: randomUUID() }) : ''
    const type = ['Content-Type', 'application/json'] as const
    const headers = [login, type, ['Content-Length', String(body.length)] as const]
    return (await ask({ port: traefik.port, method, path, body, headers, ...(from && { from }) })).status
  }
  const signIn = async (user: keyof typeof passwords): Promise<BrowserClient> => {
    const browser = new BrowserClient(`http://127.0.0.1:${traefik.port}`)
    await browser.signIn(user, passwords[user], { next: '/' })
    expect(await statusOf(browser)).toBe(200)
    return browser
  }
  const statusOf = async (browser: BrowserClient): Promise<number> => (await browser.send('GET', READ)).status
  /** Signs out, and keeps the cookie as somebody does who has stolen it. */
  const signOut = async (browser: BrowserClient): Promise<{ status: number; pending: unknown }> => {
    const cookies = [...browser.cookies]
    const { status, headers } = await browser.submit('/.htpasswd/logout', {})
    for (const [name, value] of cookies) browser.cookies.set(name, value)
    return { status, pending: headers['x-htpasswd-pending'] }
  }
  /** Ten requests, of which each replica gets some. */
  const tenTimes = async (request: () => Promise<number>): Promise<number[]> => {
    const statuses = new Set<number>()
    for (let i = 0; i < 10; i++) statuses.add(await request())
    return [...statuses]
  }
  /** Until both replicas refuse it. */
  const untilOut = (what: string, request: () => Promise<number>) =>
    eventually(`${what} to be out`, async () => (await tenTimes(request)).join() === '401' || undefined)

  test('a session holds in both, and so does its end', async () => {
    const browser = await signIn('ann')
    expect(await tenTimes(() => statusOf(browser))).toEqual([200])
    for (const replica of replicas) expect(replica.output()).toContain(ASKED)
    expect(await signOut(browser)).toEqual({ status: 200, pending: undefined })
    await untilOut('the session', () => statusOf(browser))
  })

  test('tokens, passwords and rules hold in both', async () => {
    const bearer = ['Authorization', `Bearer ${token}`] as const
    const guest = basic('guest', passwords.guest)
    const create = { method: 'POST', path: CREATE }
    expect(await tenTimes(() => send(bearer, create))).toEqual([200])
    expect(await tenTimes(() => send(guest))).toEqual([200])
    expect(await tenTimes(() => send(guest, create))).toEqual([403])
    expect(await tenTimes(() => send(basic('guest', 'x')))).toEqual([401])
  })

  test('the limit of wrong passwords holds for both together', async () => {
    const start = performance.now()
    const statuses: number[] = []
    for (let i = 0; i < 24; i++) statuses.push(await send(basic('bob', `guess ${i}`), { from: '127.0.0.9' }))
    const forgiven = Math.floor((performance.now() - start) / 5000)
    const verified = statuses.filter(status => status === 401).length
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    expect(verified).toBeGreaterThanOrEqual(10)
    expect(verified).toBeLessThanOrEqual(10 + forgiven)
    expect(await tenTimes(() => send(basic('bob', passwords.bob)))).toEqual([200])
  })

  test('a replica is killed, Redis stopped and started, users change: nobody signed in fails, nobody else gets in', async () => {
    const [ann, late, dora, stolen] = [
      await signIn('ann'),
      await signIn('ann'),
      await signIn('dora'),
      await signIn('ann'),
    ]
    await signOut(stolen)
    await untilOut('the session', () => statusOf(stolen))
    const bearer = ['Authorization', `Bearer ${token}`] as const
    const insiders = [() => statusOf(ann), () => statusOf(ann), () => send(bearer)]
    const outsiders = [() => statusOf(stolen), () => send(basic('eve', 'evil'))]
    const answers = { inside: new Map<number, number>(), outside: new Map<number, number>() }
    const count = (statuses: Map<number, number>, status: number) =>
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    let going = true
    const traffic = [
      ...insiders.map(async request => {
        while (going) count(answers.inside, await request())
      }),
      (async () => {
        while (going) for (const request of outsiders) count(answers.outside, await request())
      })(),
    ]
    const more = (): Promise<true> => {
      const from = [answers.inside.get(200) ?? 0, answers.outside.get(401) ?? 0] as const
      return eventually('more requests', () => {
        const [inside, outside] = [answers.inside.get(200) ?? 0, answers.outside.get(401) ?? 0]
        return (inside >= from[0] + 50 && outside >= from[1] + 5) || undefined
      })
    }
    const kill = async (i: number): Promise<void> => {
      const { process: child } = replicas[i] as Program
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await more()
    }
    const restart = async (i: number): Promise<void> => {
      await startReplica(i)
      // Traefik has seen that it is back
      await eventually('requests to it', () => replicas[i]?.output().includes(ASKED) || undefined)
      await more()
    }
    const says = (i: number, text: string) =>
      eventually(text, () => replicas[i]?.output().includes(text) || undefined)

    await more()
    await kill(0)
    await redis[Symbol.asyncDispose]()
    await says(1, 'cannot be used')
    // with neither the other replica nor Redis
    await restart(0)
    await says(0, 'cannot be used')

    await runBin(['remove', 'users', 'dora'], { cwd: folder })
    await runBin(['-bBC5', 'users', 'carl', 'pw of carl'], { cwd: folder })
    const ofDora = [() => statusOf(dora), () => send(basic('dora', passwords.dora))]
    for (const request of ofDora) await untilOut('dora', request)
    outsiders.push(...ofDora)
    expect(await tenTimes(() => send(basic('carl', 'pw of carl')))).toEqual([200])

    expect(await signOut(late)).toEqual({ status: 202, pending: 'replicas' })
    // the one of the two that knows of it may be the one that is killed
    await kill(1)
    await restart(1)
    redis = await startRedis({ port: redis.port })
    for (const i of [0, 1]) await says(i, 'responds again')
    await untilOut('the session', () => statusOf(late))
    outsiders.push(() => statusOf(late))
    await more()
    going = false
    await Promise.all(traffic)
    expect([...answers.inside.keys()]).toEqual([200])
    expect([...answers.outside.keys()]).toEqual([401])
  })
})
