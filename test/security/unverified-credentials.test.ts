// With --forward-auth, an app reads the user out of a header that the guard is known to check: it must not get another.
import { expect, test } from 'vitest'
import { basic, LOGIN, PASSWORD, TestGuard } from '../support/test-guard.ts'

const ROOT = basic('root', 'not-checked')
const SEPARATE = `X-MLflow-Authorization: ${basic('alice', PASSWORD)}`

const cases: readonly [string, string, string[]][] = [
  ['an open path', 'GET /open', [`Authorization: ${ROOT}`]],
  ['an open path, in the other header', 'GET /open', [`X-MLflow-Authorization: ${ROOT}`]],
  ['an open path, with a token', 'GET /open', ['Authorization: Bearer root']],
  ['a login beside it', 'GET /api', [LOGIN, `X-MLflow-Authorization: ${ROOT}`]],
  ['the gateway', 'GET /gateway/x', [SEPARATE, `Authorization: ${ROOT}`]],
  [
    'the gateway, with the scheme in capitals',
    'GET /gateway/x',
    [SEPARATE, `Authorization: BASIC ${ROOT.slice(6)}`],
  ],
]

test.each(cases.flatMap(row => [false, true].map(forwardAuth => [...row, forwardAuth] as const)))(
  '%s: the app gets no credentials that were not verified',
  async (_, line, lines, forwardAuth) => {
    await using guard = await TestGuard.start({ forwardAuth, allowPaths: ['/open'] })
    expect(await guard.status(`${line} HTTP/1.1`, ...lines)).toBe(200)
    expect(guard.received[0]?.rawHeaders.join('\n')).not.toMatch(/root|cm9vd/)
  },
)

test.each([
  '/gateway/../api',
  '/gateway/%2e%2e/api',
  '/gateway/x/..%2f..%2fapi',
  '/gateway/.',
  '/gateway/..;/api',
])('%s is not the gateway: its second header is no login', async path => {
  await using guard = await TestGuard.start({ forwardAuth: true })
  expect(await guard.status(`GET ${path} HTTP/1.1`, SEPARATE, `Authorization: ${ROOT}`)).toBe(401)
  expect(guard.received).toEqual([])
})
