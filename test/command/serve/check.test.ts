// `serve --check`: refuses what a start would refuse, describes what is valid, and neither listens nor starts anything.
import { EventEmitter } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { serve } from '../../../src/cli/commands/serve/command.ts'
import { freePort } from '../../support/outside-program.ts'
import { recordedIo } from '../../support/recorded-io.ts'

const folder = mkdtempSync(join(tmpdir(), 'serve-check-'))
afterAll(() => rmSync(folder, { recursive: true }))
const users = join(folder, 'users')
writeFileSync(users, 'bob:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n')

async function check(...argv: string[]): Promise<{ status: number; out: string; err: string }> {
  const io = recordedIo()
  const host = Object.assign(new EventEmitter(), { stdout: new PassThrough(), stderr: new PassThrough() })
  const status = await serve(['--check', ...argv], io, host)
  return { status, ...io.said }
}

test('tells the address, the users, and whether the app responds; warnings are as at a start', async () => {
  const app = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => app.once('listening', resolve))
  const { port } = app.address() as AddressInfo
  const { status, out, err } = await check(users, '--upstream', String(port), '--host', '0.0.0.0')
  app.close()
  expect(status).toBe(0)
  expect(out).toBe(
    `listens at http://0.0.0.0:8080\n${users} has 1 user\nthe app at http://localhost:${port} responds\nThe configuration is valid. Nothing was started.\n`,
  )
  expect(err).toMatch(/^warning: plain HTTP on every network/m)
  expect(err).toMatch(/^warning: user bob: sha1/m)
})

test('https for an app that speaks HTTP is named', async () => {
  const app = createServer((_, response) => response.end('x')).listen(0, '127.0.0.1')
  await new Promise(resolve => app.once('listening', resolve))
  const address = `127.0.0.1:${(app.address() as AddressInfo).port}`
  const { out } = await check(users, '--upstream', `https://${address}`)
  app.close()
  expect(out).toContain(`the app at ${address} speaks HTTP, not HTTPS: use --upstream http://${address}\n`)
})

test('an app that does not run is no error', async () => {
  const upstream = `http://127.0.0.1:${await freePort()}`
  expect(await check(users, '--upstream', upstream)).toMatchObject({
    status: 0,
    out: expect.stringContaining(`the app at ${upstream} does not respond yet\n`),
  })
})

test('an app behind -- is not started', async () => {
  const { out } = await check(users, '--', 'no-such-program', '--port', '5000')
  expect(out).toContain('no-such-program was not started\n')
})

test('--init creates nothing', async () => {
  const { status, out } = await check(join(folder, 'new'), '--init', '--demo')
  expect({ status, out }).toMatchObject({ status: 0, out: expect.stringMatching(/new is missing: a start/) })
  expect(existsSync(join(folder, 'new'))).toBe(false)
})

test.each([
  ['a missing file', ['missing', '--demo'], /cannot read missing: there is no such file/],
  ['a folder', ['.', '--demo'], /^htpasswd serve: \. is a folder; name a file in it, such as \.htpasswd/],
  [
    'a missing certificate',
    [users, '--demo', '--tls-cert', 'x.pem', '--tls-key', 'x.pem'],
    /x\.pem: there is no/,
  ],
  ['an invalid option', [users, '--demo', '--allow-path', 'x'], /--allow-path expected a path/],
])('%s is an error', async (_, argv, message) => {
  const { status, out, err } = await check(...argv)
  expect(status).not.toBe(0)
  expect(out).toBe('')
  expect(err).toMatch(message)
})
