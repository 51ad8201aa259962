// The app never sees the password: MLflow's gateway hands headers on to model providers (mlflow issues 25108, 22915).
import { afterEach, expect, test } from 'vitest'
import { basic, LOGIN, PASSWORD, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
afterEach(() => guard[Symbol.asyncDispose]())

const token = basic('alice', PASSWORD).slice(6)

test.each([
  ['as a login', '/gateway/anthropic/v1/messages', [LOGIN, 'User-Agent: claude-cli/2']],
  [
    "beside a provider's key",
    '/gateway/x',
    [`X-MLflow-Authorization: Basic ${token}`, 'Authorization: Bearer sk-x'],
  ],
  ['in a second place too', '/api/x', [LOGIN, `X-MLflow-Authorization: Basic ${token}`]],
  ['for a proxy', '/api/x', [LOGIN, `Proxy-Authorization: Basic ${token}`]],
  ['in another spelling', '/api/x', [LOGIN, `X_MLflow_Authorization: Basic ${token}`]],
])('%s', async (_, path, lines) => {
  guard = await TestGuard.start()
  expect(await guard.status(`POST ${path} HTTP/1.1`, 'Content-Length: 0', ...lines)).toBe(200)
  expect(guard.received[0]?.rawHeaders.join('\n')).not.toContain(token)
})

test('a WebSocket handshake neither', async () => {
  guard = await TestGuard.start()
  await guard.raw(
    `GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  )
  expect(guard.received[0]?.rawHeaders.join('\n')).not.toContain(token)
})

test('only the option passes it on', async () => {
  guard = await TestGuard.start({ forwardAuth: true })
  expect((await guard.forward('GET / HTTP/1.1'))?.values('authorization')).toEqual([`Basic ${token}`])
})
