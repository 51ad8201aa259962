// A credential that goes on after its user is gone (the class of CVE-2026-40934): requests, open streams, a user of the
// same name who is added later, by this command or by Apache's.
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { addToken } from '../../src/auth/tokens/manage.ts'
import { TokenAuthenticator } from '../../src/auth/tokens/token-authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { createGuard, type Guard } from '../../src/http/guard/guard.ts'
import { HtpasswdFile } from '../../src/store/htpasswd-file.ts'
import { updateTokens } from '../../src/store/token-file.ts'

const newHash = (): Promise<string> => hashPassword('wonderland', { format: 'apr1' })
let [folder, file] = ['', '']
let [guard, app]: [Guard, Server] = [undefined as never, undefined as never]
let authenticator: Authenticator

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'token-owner-'))
  file = join(folder, 'users')
  writeFileSync(file, `ann:${await hashPassword('wonderland', { format: 'apr1' })}\nbob:*\n`)
  // /stream sends a byte and never ends
  app = createServer((req, res) => (req.url === '/stream' ? void res.write('x') : void res.end('hello')))
  await once(app.listen(0, '127.0.0.1'), 'listening')
  authenticator = Authenticator.fromFile(file, { maxFailures: 0 })
  guard = createGuard({
    authenticator,
    tokens: TokenAuthenticator.fromFile(authenticator, `${file}.tokens`),
    upstream: `http://127.0.0.1:${(app.address() as AddressInfo).port}`,
  })
  await once(guard.server.listen(0, '127.0.0.1'), 'listening')
})
afterEach(async () => {
  app.closeAllConnections()
  app.close()
  await guard.close(0)
  await authenticator.close()
  rmSync(folder, { recursive: true, force: true })
})

const get = (token: string, path = '/') =>
  fetch(`http://127.0.0.1:${(guard.server.address() as AddressInfo).port}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  })
const make = (expires?: number) =>
  addToken({ file, tokens: `${file}.tokens` }, { user: 'ann', name: 'x', scope: 'all', expires }, Date.now())
const status = async (token: string) => (await get(token)).status

test('removed: at the next request, and for good when the user is added again', async () => {
  const token = await make()
  expect(await status(token)).toBe(200)
  await HtpasswdFile.update(file, document => document.delete('ann'))
  expect(await status(token)).toBe(401)
  const hash = await newHash()
  await HtpasswdFile.update(file, document => document.set('ann', hash))
  expect(await status(token)).toBe(401)
})

test('removed and added again between two requests, by a program that knows nothing of tokens', async () => {
  const token = await make()
  expect(await status(token)).toBe(200)
  writeFileSync(file, 'bob:*\n')
  appendFileSync(file, `ann:${await newHash()}\n`)
  await new Promise(resolve => setTimeout(resolve, 0))
  await expect.poll(() => status(token), { timeout: 5000 }).toBe(401)
})

test.each<[string, (id: string) => Promise<unknown>]>([
  ['the owner is removed', () => HtpasswdFile.update(file, document => document.delete('ann'))],
  ['the token is revoked', () => updateTokens(`${file}.tokens`, tokens => tokens.remove(() => true))],
  ['the token expires', async () => {}],
])('an open stream is cut within about a second: %s', async (what, end) => {
  const token = await make(what.includes('expires') ? Math.ceil(Date.now() / 1000) + 1 : undefined)
  const response = await get(token, '/stream')
  const reader = response.body?.getReader()
  await reader?.read()
  await end(token)
  const start = performance.now()
  await expect(reader?.read()).rejects.toThrow()
  expect(performance.now() - start).toBeLessThan(4000)
  expect(await status(token)).toBe(401)
})

test('a new password keeps the token and the stream', async () => {
  const token = await make()
  const response = await get(token, '/stream')
  const hash = await newHash()
  await HtpasswdFile.update(file, document => document.set('ann', hash))
  expect(await status(token)).toBe(200)
  await response.body?.cancel()
})
