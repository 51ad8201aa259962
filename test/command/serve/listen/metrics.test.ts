// The metrics of a running guard with workers, as Prometheus' own tool reads them.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { hashPassword } from '../../../../src/hash/hash-password.ts'
import {
  eventually,
  findProgram,
  freePort,
  skipReason,
  startProgram,
} from '../../../support/outside-program.ts'
import { ask, basic, open } from '../../../support/raw-client.ts'

const bin = fileURLToPath(new URL('../../../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'serve-metrics-'))
afterAll(() => rmSync(folder, { recursive: true }))

const promtool = findProgram('promtool')
const missing = skipReason({ promtool })

/** What docs/operations.md lists, with the parts of histograms. */
const names = (text: string): string[] =>
  [
    ...new Set(
      [...text.matchAll(/^(\w+)[ {]/gm)].map(([, name = '']) => name.replace(/_(bucket|sum|count)$/, '')),
    ),
  ].sort()
const documented = [
  ...(readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8')
    .split('\n## Metrics')[1]
    ?.matchAll(/^\| (.+?) \|/gm) ?? []),
].flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name))
const valueAt = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find(candidate => candidate.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length))
}

/** An app with an event stream and WebSockets, both without an end. */
async function startStreams() {
  const server = createServer((req, res) => {
    if (req.url !== '/events') res.end('ok')
    else res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).write('data: 1\n\n')
  })
  server.on('upgrade', (_req, socket: Socket) => {
    socket.on('error', () => {})
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** A WebSocket that is open. */
async function openSocket(port: number, [name, value]: readonly [string, string]): Promise<Socket> {
  const headers = {
    [name]: value,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
  }
  const [, socket] = await once(request({ port, host: '127.0.0.1', headers }).end(), 'upgrade')
  return socket
}

test('--metrics has the counts of all processes', async () => {
  const users = `ann:${await hashPassword('secret', { format: 'sha1' })}\n`
  writeFileSync(join(folder, 'users'), users)
  writeFileSync(join(folder, 'rules'), 'GET /** valid-user\n')
  writeFileSync(join(folder, 'groups'), 'staff: ann\n')
  writeFileSync(join(folder, 'secret'), `${'s'.repeat(43)}\n`, { mode: 0o600 })
  await using app = await startStreams()
  const [port, metrics, redis] = [await freePort(), await freePort(), await freePort()]
  const options = [
    ...['--upstream', `http://127.0.0.1:${app.port}`, '--rules', 'rules', '--groups', 'groups'],
    ...['--login', '--session-secret-file', 'secret', '--redis-url', `redis://127.0.0.1:${redis}`],
    ...['--workers', '2', '--metrics', String(metrics), '--listen', `127.0.0.1:${port}`, '--log', 'off'],
  ]
  await using program = startProgram(process.execPath, [bin, 'serve', 'users', ...options], { cwd: folder })
  await eventually('the start', () => program.output().includes('Guarding') || undefined)
  const scrape = async () => (await ask({ port: metrics, path: '/metrics' })).text
  const right = basic('ann', 'secret')
  for (let i = 0; i < 6; i++) await ask({ port, headers: [i % 2 === 0 ? right : basic('ann', `wrong ${i}`)] })
  await ask({ port, method: 'POST', headers: [right, ['Content-Length', '0']] })
  const { text, headers } = await ask({ port: metrics, path: '/metrics' })
  expect(headers['content-type']).toContain('version=0.0.4')
  for (const [series, value] of [
    ['htpasswd_http_requests_total{code="200",method="GET"}', 3],
    ['htpasswd_auth_attempts_total{method="basic",result="bad"}', 3],
    ['htpasswd_authz_denied_total{class="write"}', 1],
    ['htpasswd_file_reloads_total{file="rules",result="ok"}', 0],
    ['htpasswd_store_up', 0],
    ['htpasswd_streams_open{kind="sse"}', 0],
  ] as const)
    expect([series, valueAt(text, series)]).toEqual([series, value])
  const lookups = ['hits', 'misses'].map(
    what => valueAt(text, `htpasswd_credential_cache_${what}_total`) ?? 0,
  )
  // the worker that has not seen the user yet verifies the password too
  expect(lookups.reduce((sum, count) => sum + count)).toBe(7)
  for (const name of ['htpasswd_worker_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'])
    for (const worker of [0, 1, 2])
      expect(valueAt(text, `${name}{worker="${worker}"}`)).toBeGreaterThanOrEqual(0)
  expect(valueAt(text, 'htpasswd_store_errors_total')).toBeGreaterThan(0)
  expect(names(text).filter(name => !documented.includes(name))).toEqual([])

  const streams = async () => {
    const now = await scrape()
    return ['sse', 'websocket'].map(kind => valueAt(now, `htpasswd_streams_open{kind="${kind}"}`)).join()
  }
  const events = await Promise.all([1, 2].map(() => open({ port, path: '/events', headers: [right] })))
  const socket = await openSocket(port, right)
  expect(await streams()).toBe('2,1')
  for (const stream of [...events, socket]) stream.destroy()
  await eventually('their end', async () => (await streams()) === '0,0' || undefined)

  writeFileSync(join(folder, 'rules'), 'nonsense\n')
  writeFileSync(join(folder, 'users'), `${users}bob:*\n`)
  await eventually('the reloads', async () => {
    const now = await scrape()
    return (
      (valueAt(now, 'htpasswd_file_reloads_total{file="rules",result="error"}') === 1 &&
        valueAt(now, 'htpasswd_file_reloads_total{file="users",result="ok"}') === 1 &&
        (valueAt(now, 'htpasswd_file_last_failed_reload_timestamp_seconds{file="rules"}') ?? 0) > 1e9 &&
        valueAt(now, 'htpasswd_users') === 2) ||
      undefined
    )
  })

  expect((await ask({ port: metrics })).status).toBe(404)
  expect((await ask({ port, path: '/metrics' })).status).toBe(401)
  const before = await scrape()
  if (missing === undefined)
    expect(execFileSync(promtool as string, ['check', 'metrics'], { input: before, encoding: 'utf8' })).toBe(
      '',
    )

  // a worker that is killed takes no count away; Windows has no ps
  if (process.platform === 'win32') return
  const [worker] = execFileSync('ps', ['-o', 'ppid=,pid=', '-A'], { encoding: 'utf8' })
    .split('\n')
    .map(line => line.trim().split(/ +/).map(Number))
    .filter(([parent]) => parent === program.process.pid)
    .map(([, pid]) => pid)
  process.kill(worker as number, 'SIGKILL')
  await eventually('another worker', () => program.output().includes('a new one is started') || undefined)
  const after = await scrape()
  for (const series of [
    'htpasswd_http_requests_total{code="200",method="GET"}',
    'htpasswd_http_request_duration_seconds_count',
  ])
    expect(valueAt(after, series)).toBe(valueAt(before, series))
})
