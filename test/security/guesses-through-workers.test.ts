// Several workers count failures together: with one count each, N workers would check N times the guesses.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { eventually, freePort, startProgram } from '../support/outside-program.ts'
import { ask, basic } from '../support/raw-client.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'guesses-'))
const users = join(folder, 'users')
writeFileSync(users, `alice:${await hashPassword('secret', { format: 'sha1' })}\n`)
afterAll(() => rmSync(folder, { recursive: true }))

test.each(['1', '4'])('%s workers check ten guesses of forty', async workers => {
  const port = await freePort()
  await using serve = startProgram(process.execPath, [
    ...[bin, 'serve', users, '--demo', '--workers', workers, '--log', 'off'],
    ...['--listen', `127.0.0.1:${port}`],
  ])
  await eventually('the start', () => (serve.output().includes('Guarding') ? true : undefined))
  const statusOf = async (guess: string) => (await ask({ port, headers: [basic('alice', guess)] })).status
  const start = performance.now()
  const statuses = []
  for (let i = 0; i < 40; i++) statuses.push(await statusOf(`guess ${i}`))
  // one more is forgiven every five seconds, should this machine be slow
  const forgiven = Math.floor((performance.now() - start) / 5000)
  expect(statuses.filter(status => status === 401).length).toBeLessThanOrEqual(10 + forgiven)
  expect(statuses.slice(0, 11)).toEqual([...Array(10).fill(401), 429])
})
