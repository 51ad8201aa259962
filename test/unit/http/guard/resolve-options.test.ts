import { expect, test } from 'vitest'
import { Authenticator } from '../../../../src/auth/authenticator.ts'
import { TokenAuthenticator } from '../../../../src/auth/tokens/token-authenticator.ts'
import type { GuardOptions } from '../../../../src/http/guard/options.ts'
import { resolveGuardOptions } from '../../../../src/http/guard/resolve-options.ts'

const least: GuardOptions = {
  authenticator: new Authenticator(() => undefined),
  upstream: 'http://127.0.0.1:5000',
}

test('by default no path is open and the app gets no credentials', () => {
  expect(resolveGuardOptions(least)).toMatchObject({
    allowPaths: new Set(),
    allowOrigins: new Set(),
    prefix: '',
    forwardAuth: false,
    preserveHost: false,
    forwardedHost: false,
    dropHeaders: [],
    allowUpgrades: [],
    maxUpstreamConnections: 2048,
    trustProxy: [],
    upstreamTimeout: 0,
    maxConnectionsPerAddress: 100,
  })
})

test('the lists are copied', () => {
  const allowPaths = ['/health']
  const resolved = resolveGuardOptions({ ...least, allowPaths })
  allowPaths.push('/admin')
  expect(resolved.allowPaths).toEqual(new Set(['/health']))
})

test('an origin may be written in any case, with a slash at the end, and with any scheme', () => {
  const apps = [
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://0a1b2c3d-0000-4000-8000-000000000000',
    'app://obsidian.md',
    'tauri://localhost',
    'capacitor://localhost',
    'vscode-webview://0a1b2c',
  ]
  const { allowOrigins } = resolveGuardOptions({
    ...least,
    allowOrigins: ['HTTPS://A.example/', 'http://b:81', ...apps],
  })
  expect(allowOrigins).toEqual(new Set(['https://a.example', 'http://b:81', ...apps]))
})

test.each([
  [{ upstream: 'http://x/y' }, '"upstream" expected a URL without a path'],
  [{ dropHeaders: ['Host'] }, '"dropHeaders"'],
  [{ allowUpgrades: ['h2c'] }, '"allowUpgrades"'],
  [{ maxUpstreamConnections: -1 }, '"maxUpstreamConnections"'],
  [{ allowPath: ['/x'] }, 'got "allowPath"'],
  [{ authenticator: {} }, '"authenticator"'],
  [{ upstream: undefined }, '"upstream"'],
  [{ allowPaths: ['health'] }, '"allowPaths"'],
  [{ allowOrigins: ['*'] }, '"allowOrigins"'],
  [{ allowOrigins: ['null'] }, '"allowOrigins"'],
  [{ allowOrigins: ['https://a.example/path'] }, '"allowOrigins"'],
  [{ allowOrigins: ['chrome-extension://*'] }, '"allowOrigins"'],
  [{ allowOrigins: ['app://a/path'] }, '"allowOrigins"'],
  [{ allowOrigins: ['data:x'] }, '"allowOrigins"'],
  [{ allowOrigins: ['https://a.example:443'] }, '"allowOrigins"'],
  [{ allowOrigins: ['file://'] }, '"allowOrigins"'],
  [{ prefix: 'x' }, '"prefix"'],
  [{ userHeader: 'Host' }, '"userHeader"'],
  [{ upstreamTimeout: -1 }, '"upstreamTimeout"'],
  [{ upstreamTimeout: 2 ** 31 }, '"upstreamTimeout"'],
  [{ maxConnectionsPerAddress: 1.5 }, '"maxConnectionsPerAddress"'],
])('%j is invalid', (change, message) => {
  expect(() => resolveGuardOptions({ ...least, ...change } as GuardOptions)).toThrow(message)
})

test('the hint for programs names a token where tokens are accepted', () => {
  const tokens = TokenAuthenticator.fromFile(least.authenticator, '/none/tokens')
  const bodyOf = (options: GuardOptions) =>
    String(resolveGuardOptions(options).errorResponse('sign-in', undefined).body)
  expect(bodyOf(least)).not.toContain('TOKEN')
  expect(bodyOf({ ...least, tokens })).toMatch(/ {2}or only MLFLOW_TRACKING_TOKEN=<token>\s*$/)
})
