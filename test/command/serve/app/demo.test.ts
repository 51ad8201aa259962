// The demo page: who is signed in, what came through, and nothing that a header could inject.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoApp } from '../../../../src/cli/commands/serve/app/demo.ts'

const server = createServer(demoApp('X-User'))
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
const get = (path: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, init)

test('shows the request and the user from the header, on every path and for a form', async () => {
  const text = await (await get('/a?b', { method: 'POST', body: 'x', headers: { 'x-user': 'ann' } })).text()
  expect(text).toContain('<h1>Signed in as ann</h1>')
  expect(text).toContain('POST /a?b')
})

test('HEAD has the length of GET and no body; nothing may be loaded or kept', async () => {
  const { headers } = await get('/', { method: 'HEAD' })
  expect(Number(headers.get('content-length'))).toBeGreaterThan(500)
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(headers.get('cache-control')).toBe('no-store')
})
