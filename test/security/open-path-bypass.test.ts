// An open path opens itself and nothing else, however it is written (CVE-2025-66490, CVE-2024-38473, CVE-2019-0220;
// GHSA-7rh7-c77v-6434 and CVE-2026-41059: query and fragment; MLflow's own `startswith`).
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
beforeEach(async () => {
  guard = await TestGuard.start({ allowPaths: ['/health', '/static/app.js'] })
})
afterEach(() => guard[Symbol.asyncDispose]())

test.each(['GET /health', 'HEAD /health', 'GET /health?verbose', 'GET /static/app.js'])(
  '%s is open',
  async line => expect(await guard.status(`${line} HTTP/1.1`)).toBe(200),
)

test.each([
  'POST /health',
  'DELETE /health',
  'OPTIONS /health',
  'GET /healthX',
  'GET /healthz',
  'GET /health/',
  'GET /health/../admin',
  'GET /health/%2e%2e/admin',
  'GET /health/..%2fadmin',
  'GET /health%2f..%2fadmin',
  'GET /health;/../admin',
  'GET /health..;/admin',
  'GET /admin/..;/health',
  'GET //health',
  'GET /./health',
  'GET /x/../health',
  'GET /HEALTH',
  'GET /%68ealth',
  'GET /health%00',
  'GET /health%252f',
  'GET /health\\..\\admin',
  'GET /health%5c..%5cadmin',
  'GET /admin?x=/health',
  'GET /admin?/health',
  'GET /static/app.js/../../admin',
  'GET /static/',
])('%s asks for a login', async line => {
  expect(await guard.status(`${line} HTTP/1.1`)).toBe(401)
  expect(guard.received).toEqual([])
})

test.each(['GET /health#/../admin', 'GET /admin#/health', 'GET http://x/health', 'OPTIONS *', 'GET health'])(
  '%s is refused',
  async line => {
    expect(await guard.status(`${line} HTTP/1.1`)).toBe(400)
    expect(guard.received).toEqual([])
  },
)

test.each([
  ['GET /health', 'X-HTTP-Method-Override: DELETE'],
  ['GET /health', 'X-Method-Override: get, post'],
  ['HEAD /health?%5fmethod=PUT', 'Accept: */*'],
])('%s with %s may be another method to the app: it asks for a login', async (line, header) => {
  expect(await guard.status(`${line} HTTP/1.1`, header)).toBe(401)
  expect(guard.received).toEqual([])
})

test('an override that names a read is open', async () => {
  expect(await guard.status('GET /health HTTP/1.1', 'X-HTTP-Method-Override: GET')).toBe(200)
})

test('an upgrade on an open path needs a login', async () => {
  guard.app.on('upgrade', () => expect.unreachable())
  expect(await guard.status('GET /health HTTP/1.1', 'Upgrade: websocket', 'Connection: Upgrade')).toBe(401)
})
