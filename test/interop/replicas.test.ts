// Two replicas behind a real Traefik before a real MLflow: what one knows holds in the other, and either may be killed.
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
import { runBin } from '../support/run.ts'
import { proxyPrograms, type StartedProxy, startProxy } from './auth-proxies.ts'
import { type Guarded, python, startWithMlflow } from './mlflow-programs.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const missing = skipReason({ Traefik: proxyPrograms.Traefik.program, 'MLflow in .cache/mlflow': python })
const passwords = { ann: 'pw of ann', guest: 'pw of guest', bob: 'pw of bob' }
const READ = '/version'
/** In the access log of a replica that said yes. */
const ASKED = 'GET /.htpasswd/auth/traefik 200'
const CREATE = '/api/2.0/mlflow/experiments/create'

describe.skipIf(missing)('two replicas behind Traefik', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replicas-'))
  const replicas: Program[] = []
  const ports: number[] = []
  let mlflow: Guarded
  let traefik: StartedProxy
  let browser: BrowserClient
  let token: string

  const startReplica = async (i: number): Promise<void> => {
    const replica = startProgram(
      process.execPath,
      [
        ...[bin, 'serve', 'users', '--auth-endpoint', 'traefik', '--trust-proxy', '127.0.0.1'],
        ...['--login', '--session-secret-file', 'secret'],
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
    const added = await runBin(['token', 'add', 'users', 'ann', '--name', 'ci'], { cwd: folder })
    token = /htk_\w+/.exec(added.stdout)?.[0] ?? ''
    ports.push(await freePort(), await freePort())
    ;[mlflow] = await Promise.all([startWithMlflow(folder), startReplica(0).then(() => startReplica(1))])
    traefik = await startProxy(
      { ...proxyPrograms.Traefik, files: ['traefik-replicas.yaml', 'traefik-replicas-dynamic.yaml'] },
      { guards: ports, app: mlflow.upstreamPort },
    )
    browser = new BrowserClient(`http://127.0.0.1:${traefik.port}`)
    await browser.submit('/.htpasswd/login', { username: 'ann', password: passwords.ann, next: '/' })
  })
  afterAll(async () => {
    for (const program of [traefik, mlflow?.program, ...replicas]) await program?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const send = async (login: readonly [string, string], method: string, path: string): Promise<number> => {
    const body = method === 'POST' ? JSON.stringify({ name: randomUUID() }) : ''
    const type = ['Content-Type', 'application/json'] as const
    const headers = [login, type, ['Content-Length', String(body.length)] as const]
    return (await ask({ port: traefik.port, method, path, body, headers })).status
  }
  /** Ten requests, of which each replica gets some. */
  const tenTimes = async (request: () => Promise<number>): Promise<number[]> => {
    const statuses = new Set<number>()
    for (let i = 0; i < 10; i++) statuses.add(await request())
    return [...statuses]
  }
  const signedIn = async (): Promise<number> => (await browser.send('GET', READ)).status

  test('a session holds in both', async () => {
    expect(await tenTimes(signedIn)).toEqual([200])
    for (const replica of replicas) expect(replica.output()).toContain(ASKED)
  })

  test('tokens, passwords and rules hold in both', async () => {
    const bearer = ['Authorization', `Bearer ${token}`] as const
    const guest = basic('guest', passwords.guest)
    expect(await tenTimes(() => send(bearer, 'POST', CREATE))).toEqual([200])
    expect(await tenTimes(() => send(guest, 'GET', READ))).toEqual([200])
    expect(await tenTimes(() => send(guest, 'POST', CREATE))).toEqual([403])
    expect(await tenTimes(() => send(basic('guest', 'x'), 'GET', READ))).toEqual([401])
  })

  test('a user who is removed is out in both', async () => {
    const bob = basic('bob', passwords.bob)
    expect(await tenTimes(() => send(bob, 'GET', READ))).toEqual([200])
    await runBin(['remove', 'users', 'bob'], { cwd: folder })
    await eventually('bob to be out', async () => {
      const statuses = await tenTimes(() => send(bob, 'GET', READ))
      return statuses.join() === '401' || undefined
    })
    expect(await tenTimes(signedIn)).toEqual([200])
  })

  test('one replica is killed and comes back: no request of a signed-in user fails', async () => {
    const statuses = new Map<number, number>()
    let going = true
    const traffic = Array.from({ length: 4 }, async () => {
      while (going) {
        const status = await signedIn()
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    })
    const more = (count: number): Promise<true> => {
      const from = statuses.get(200) ?? 0
      return eventually('more requests', () => (statuses.get(200) ?? 0) >= from + count || undefined)
    }
    for (const i of [0, 1]) {
      await more(50)
      const { process: child } = replicas[i] as Program
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await more(50)
      await startReplica(i)
      // Traefik has seen that it is back
      await eventually('requests to it', () => replicas[i]?.output().includes(ASKED) || undefined)
    }
    going = false
    await Promise.all(traffic)
    expect([...statuses.keys()]).toEqual([200])
  })
})
