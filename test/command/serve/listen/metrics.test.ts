// The metrics of a running guard with workers, as Prometheus' own tool reads them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
import { ask, basic } from '../../../support/raw-client.ts'

const bin = fileURLToPath(new URL('../../../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'serve-metrics-'))
afterAll(() => rmSync(folder, { recursive: true }))

const promtool = findProgram('promtool')
const missing = skipReason({ promtool })

test('--metrics has the counts of all workers', async () => {
  writeFileSync(join(folder, 'users'), `ann:${await hashPassword('secret', { format: 'sha1' })}\n`)
  const [port, metrics] = [await freePort(), await freePort()]
  const options = [
    '--demo',
    '--workers',
    '2',
    '--metrics',
    String(metrics),
    '--listen',
    String(port),
    '--log',
    'off',
  ]
  await using program = startProgram(process.execPath, [bin, 'serve', 'users', ...options], { cwd: folder })
  await eventually('the start', () => program.output().includes('Guarding') || undefined)
  for (let i = 0; i < 6; i++)
    await ask({ port, headers: [basic('ann', i % 2 === 0 ? 'secret' : `wrong ${i}`)] })
  const { text, headers } = await ask({ port: metrics, path: '/metrics' })
  expect(headers['content-type']).toContain('version=0.0.4')
  expect(text).toContain('htpasswd_http_requests_total{code="200",method="GET"} 3\n')
  expect(text).toContain('htpasswd_auth_attempts_total{method="basic",result="bad"} 3\n')
  expect(text).toContain('htpasswd_worker_resident_memory_bytes{worker="2"}')
  expect((await ask({ port: metrics })).status).toBe(404)
  expect((await ask({ port, path: '/metrics' })).status).toBe(401)
  if (missing !== undefined) return
  expect(execFileSync(promtool as string, ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('')
})
