// The listening side alone: its options reach the guard, the throttle's tries are shared by the workers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import type { ListenAddress } from '../../../../src/cli/commands/serve/listen/address.ts'
import { type Listener, openListener } from '../../../../src/cli/commands/serve/listen/listener.ts'
import { openPermissions } from '../../../../src/cli/commands/serve/login/permissions.ts'
import { parseServe } from '../../../../src/cli/commands/serve/request.ts'
import { hashPassword } from '../../../../src/hash/hash-password.ts'
import { HtpasswdFile } from '../../../../src/store/htpasswd-file.ts'
import { openTokens, tokensPath } from '../../../../src/store/token-file.ts'
import { ask, basic } from '../../../support/raw-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'serve-listener-'))
const path = join(folder, 'users')
writeFileSync(path, `ann:${await hashPassword('secret-of-ann', { format: 'sha1' })}\n`)
afterAll(() => rmSync(folder, { recursive: true }))
let listener: Listener
afterEach(() => listener.close(0))

async function open(...args: string[]) {
  const stdout = new PassThrough()
  const reports: string[] = []
  const { values } = parseServe([path, '--demo', '--listen', '127.0.0.1:0', ...args], {})
  const users = await HtpasswdFile.open(path)
  const tokens = await openTokens(tokensPath(path))
  const notify = (text: string): unknown => reports.push(text)
  const permissions = await openPermissions({ values, command: [] }, {}, notify)
  const common = { users, tokens, permissions, values, stdout, notify }
  listener = await openListener({ ...common, certificate: undefined, upstream: undefined })
  const [address] = await listener.listen()
  const { port } = address as ListenAddress
  const login = async (password: string) => (await ask({ port, headers: [basic('ann', password)] })).status
  return { port, login, stdout, reports }
}

test('realm and log are the options', async () => {
  const { port, login, stdout } = await open('--realm', 'Lab', '--log', 'json')
  const refused = await ask({ port })
  expect(refused.status).toBe(401)
  expect(refused.headers['www-authenticate']).toContain('realm="Lab"')
  expect(await login('secret-of-ann')).toBe(200)
  const [first] = String(await new Promise(resolve => stdout.once('data', resolve))).split('\n')
  expect(JSON.parse(first ?? '')).toMatchObject({ method: 'GET', status: 401, user: null })
})

test('after --max-failures wrong passwords the response is 429', async () => {
  const { login } = await open('--max-failures', '4', '--log', 'off')
  const statuses = []
  for (let i = 0; i <= 4; i++) statuses.push(await login(`wrong ${i}`))
  expect(statuses).toEqual([401, 401, 401, 401, 429])
})

test('a fault of the listening socket, such as too many open files, is reported and survived', async () => {
  const emit = vi.spyOn(Server.prototype, 'listen')
  const { login, reports } = await open('--log', 'off')
  const server = emit.mock.contexts[0] as Server
  emit.mockRestore()
  server.emit('error', new Error('accept EMFILE'))
  expect(reports).toEqual(['warning: accept EMFILE'])
  expect(await login('secret-of-ann')).toBe(200)
})
