// The logs of a running guard, for log rotation, fail2ban, Loki, and a trace from the proxy to the app.
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { hashPassword } from '../../../../src/hash/hash-password.ts'
import {
  eventually,
  findProgram,
  freePort,
  type Program,
  skipReason,
  startProgram,
} from '../../../support/outside-program.ts'
import { ask, basic } from '../../../support/raw-client.ts'

const bin = fileURLToPath(new URL('../../../../bin/htpasswd.js', import.meta.url))
const docs = fileURLToPath(new URL('../../../../docs/operations/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'serve-logs-'))
const log = join(folder, 'access.log')
const app = createServer((req, res) => res.end(String(req.headers['x-request-id'])))
let program: Program | undefined
let port = 0

beforeAll(async () => {
  await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
  writeFileSync(join(folder, 'users'), `ann:${await hashPassword('secret', { format: 'sha1' })}\n`)
})
afterEach(async () => {
  await program?.[Symbol.asyncDispose]()
  for (const name of readdirSync(folder)) if (name.startsWith('access.log')) rmSync(join(folder, name))
})
afterAll(() => {
  app.close()
  rmSync(folder, { recursive: true })
})

async function start(...args: string[]): Promise<void> {
  port = await freePort()
  const upstream = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  const fixed = ['--upstream', upstream, '--listen', `127.0.0.1:${port}`, '--log-file', log]
  const started = startProgram(process.execPath, [bin, 'serve', 'users', ...fixed, ...args], { cwd: folder })
  program = started
  await eventually('the start', () => started.output().includes('Guarding') || undefined)
}

const status = async (user: string, password: string) =>
  (await ask({ port, headers: [basic(user, password)] })).status

/** The lines of the file, once there are so many. */
const lines = (count: number): Promise<string[]> =>
  eventually(`${count} lines`, () => {
    const found = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []
    return found.length >= count ? found : undefined
  })

/** Requests of each kind: without a login, with a wrong one of a user and of nobody, with a right one. */
async function askAll(): Promise<string[]> {
  expect((await ask({ port, path: '/.htpasswd/health' })).status).toBe(200)
  expect((await ask({ port, path: '/x?secret=1' })).status).toBe(401)
  expect(await status('ann', 'wrong')).toBe(401)
  expect(await status('hunter2', 'wrong')).toBe(401)
  expect(await status('ann', 'secret')).toBe(200)
  return lines(4)
}

const fail2ban = findProgram('fail2ban-regex')
const missing = skipReason({ 'fail2ban-regex': fail2ban })

test.each(['text', 'json'])('--log %s: the failed logins, and what fail2ban counts of them', async format => {
  await start('--log', format)
  const found = await askAll()
  expect(found).toHaveLength(4)
  expect(found.join()).not.toMatch(/secret|hunter2|health/)
  expect(found.filter(line => /login=ann|"attempted":"ann"/.test(line))).toHaveLength(1)
  if (missing !== undefined) return
  const filter = join(docs, 'fail2ban-htpasswd.conf')
  const output = execFileSync(fail2ban as string, [log, filter], { encoding: 'utf8' })
  expect(output).toMatch(/Lines: 4 lines, 0 ignored, 2 matched, 2 missed/)
})

test('--log json: what the example for Loki reads is in each line', async () => {
  await start('--log', 'json')
  const [first = ''] = await askAll()
  const example = readFileSync(join(docs, 'loki.alloy'), 'utf8')
  const [, expressions = ''] = /expressions = \{([^}]*)\}/.exec(example) ?? []
  const names = [...expressions.matchAll(/= "(\w+)"/g)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(3)
  expect(Object.keys(JSON.parse(first))).toEqual(expect.arrayContaining(names))
})

test('--log combined is what Apache writes', async () => {
  await start('--log', 'combined')
  const found = await askAll()
  for (const line of found)
    expect(line).toMatch(
      /^127\.0\.0\.1 - (-|ann) \[\d\d\/[A-Z][a-z][a-z]\/\d{4}(:\d\d){3} \+0000\] "GET \/x? HTTP\/1\.1" \d{3} \d+ "-" "-"$/,
    )
})

test.skipIf(process.platform === 'win32')('USR1 opens the file anew, in each worker', async () => {
  await start('--workers', '2')
  for (let i = 0; i < 4; i++) await status('ann', 'secret')
  await lines(4)
  renameSync(log, `${log}.1`)
  program?.process.kill('SIGUSR1')
  await lines(0)
  // both workers write to the new file: connections go to them in turn
  await eventually('the new file', async () => {
    const before = readFileSync(`${log}.1`, 'utf8')
    for (let i = 0; i < 4; i++) await status('ann', 'secret')
    await lines(0)
    return (existsSync(log) && readFileSync(`${log}.1`, 'utf8') === before) || undefined
  })
})

const logrotate = findProgram('logrotate')

test.skipIf(skipReason({ logrotate }))('logrotate with the example: no line is lost', async () => {
  await start('--workers', '2')
  // where systemd is not at hand: a systemctl that sends what it is told to the main process
  const tools = join(folder, 'tools')
  mkdirSync(tools)
  writeFileSync(
    join(tools, 'systemctl'),
    `#!/bin/sh\n[ "$*" = "kill --kill-who=main --signal=USR1 htpasswd.service" ] && kill -USR1 ${program?.process.pid}\n`,
    { mode: 0o755 },
  )
  const example = readFileSync(join(docs, 'logrotate.conf'), 'utf8')
  const config = join(folder, 'logrotate.conf')
  writeFileSync(config, example.replace('/var/log/htpasswd/access.log', log), { mode: 0o644 })
  const rotate = (): unknown =>
    execFileSync(logrotate as string, ['--force', '--state', join(folder, 'state'), config], {
      env: { ...process.env, PATH: `${tools}:${process.env.PATH}` },
    })
  let [going, sent] = [true, 0]
  const traffic = [1, 2, 3, 4].map(async () => {
    while (going)
      expect((await ask({ port, path: `/line-${++sent}`, headers: [basic('ann', 'secret')] })).status).toBe(
        200,
      )
  })
  for (let i = 0; i < 3; i++) {
    const from = sent
    await eventually('requests', () => sent > from + 50 || undefined)
    rotate()
    // both workers have opened the new file: the old one has not grown over some requests
    let [size, at] = [-1, sent]
    await eventually('the new file', () => {
      if (sent < at + 20) return undefined
      const before = size
      ;[size, at] = [statSync(`${log}.1`).size, sent]
      return (existsSync(log) && size === before) || undefined
    })
  }
  going = false
  await Promise.all(traffic)
  const names = readdirSync(folder).filter(name => name.startsWith('access.log'))
  expect(names.sort()).toEqual(['access.log', 'access.log.1', 'access.log.2.gz', 'access.log.3.gz'])
  const logged = (): number[] =>
    names
      .flatMap(name => {
        const bytes = readFileSync(join(folder, name))
        const text = String(name.endsWith('.gz') ? gunzipSync(bytes) : bytes)
        return [...text.matchAll(/ GET \/line-(\d+) 200 /g)].map(([, number]) => Number(number))
      })
      .sort((a, b) => a - b)
  await eventually('all lines', () => logged().length >= sent || undefined)
  expect(logged()).toEqual(Array.from({ length: sent }, (_, i) => i + 1))
})

test("X-Request-Id: a trusted proxy's reaches the app and the log, a client's does not", async () => {
  const id = 'from-the-proxy'
  const headers = [basic('ann', 'secret'), ['X-Request-Id', id]] as const
  await start('--log', 'json')
  const own = (await ask({ port, headers })).text
  expect(own).not.toBe(id)
  expect((await lines(1)).map(line => JSON.parse(line).requestId)).toEqual([own])
  await program?.[Symbol.asyncDispose]()
  await start('--log', 'json', '--trust-proxy', 'loopback')
  expect((await ask({ port, headers })).text).toBe(id)
  expect(JSON.parse((await lines(2))[1] ?? '').requestId).toBe(id)
})

test('--log json: the error of a failed start is an object too', async () => {
  const failing = startProgram(process.execPath, [bin, 'serve', 'no-users', '--demo', '--log', 'json'], {
    cwd: folder,
  })
  expect(await failing.ended).toBe(1)
  expect(JSON.parse(failing.output())).toMatchObject({ level: 'error', code: 'ERR_FILE_ACCESS' })
})
