// Replicas behind one address, a real provider and a real Redis: a sign-out at the provider reaches one replica and holds in all.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BrowserClient } from '../support/browser-client.ts'
import { signInAtProvider, startProvider, type TestProvider } from '../support/identity-provider.ts'
import { eventually, freePort, type Program, skipReason, startProgram } from '../support/outside-program.ts'
import { type Redis, redisServer, startRedis } from '../support/redis-server.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const missing = skipReason({ 'redis-server': redisServer })
const EVENT = { 'http://schemas.openid.net/event/backchannel-logout': {} }

describe.skipIf(missing)('two replicas with a provider', () => {
  const folder = mkdtempSync(join(tmpdir(), 'provider-replicas-'))
  const replicas: Program[] = []
  let origins: [string, string]
  let redis: Redis
  let provider: TestProvider

  beforeAll(async () => {
    writeFileSync(join(folder, 'users'), 'ann@example.com:*\neve@example.com:*\n')
    writeFileSync(join(folder, 'secret'), `${'s'.repeat(43)}\n`, { mode: 0o600 })
    const ports = [await freePort(), await freePort()]
    origins = ports.map(port => `http://127.0.0.1:${port}`) as [string, string]
    redis = await startRedis()
    provider = await startProvider(origins[0], { token_endpoint_auth_method: 'none' })
    for (const port of ports) {
      const replica = startProgram(
        process.execPath,
        [
          ...[bin, 'serve', 'users', '--demo', '--login', '--log', 'off', '--listen', `127.0.0.1:${port}`],
          ...['--session-secret-file', 'secret', '--redis-url', `redis://127.0.0.1:${redis.port}`],
          ...['--public-url', origins[0], '--oidc-issuer', provider.issuer, '--oidc-client-id', 'mlflow'],
        ],
        { cwd: folder },
      )
      replicas.push(replica)
      await eventually('the start', () => replica.output().includes('Guarding') || undefined)
    }
  })
  afterAll(async () => {
    for (const part of [...replicas, provider, redis]) await part?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A browser that signed in at the first replica, and the same cookie at the second. */
  async function signIn(name: string) {
    const { web } = await signInAtProvider(origins[0], name)
    const first = web.at(origins[0])
    const second = new BrowserClient(origins[1])
    second.cookies.set('htpasswd', first.cookies.get('htpasswd') ?? '')
    expect(await Promise.all([first, second].map(statusOf))).toEqual([200, 200])
    return { web, first, second }
  }
  const statusOf = async (browser: BrowserClient): Promise<number> =>
    (await browser.send('GET', '/', { 'sec-fetch-mode': 'cors' })).status
  const untilOut = (...browsers: BrowserClient[]) =>
    eventually('the sign-out', async () => {
      const statuses = await Promise.all(browsers.map(statusOf))
      return statuses.every(status => status === 401) || undefined
    })
  const logOut = (origin: string, token: string) =>
    fetch(`${origin}/.htpasswd/oidc/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: token }),
    })

  test('by `sid`: only that session, in both; the same message counts once over both', async () => {
    const [one, other] = [await signIn('ann'), await signIn('ann')]
    const confirm = await one.web.open(`${provider.issuer}/session/end`)
    const xsrf = /name="xsrf" value="(\w+)"/.exec(confirm.body)?.[1] ?? ''
    await one.web.submit(`${provider.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
    await untilOut(one.first, one.second)
    expect(await Promise.all([other.first, other.second].map(statusOf))).toEqual([200, 200])

    // the provider told the first replica; the second knows the message, too
    const token = provider.sent.at(-1)?.get('logout_token') ?? ''
    const again = await logOut(origins[1], token)
    expect([again.status, await again.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_request' }),
    ])
    expect(replicas[1]?.output()).toContain('its "jti" was used before')
  })

  test('by `sub`: all sessions of the user, told to the second replica, and nobody else’s', async () => {
    const [one, two, eve] = [await signIn('ann'), await signIn('ann'), await signIn('eve')]
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: provider.issuer,
      aud: 'mlflow',
      sub: 'ann',
      iat: now,
      jti: randomUUID(),
      events: EVENT,
    }
    expect((await logOut(origins[1], await provider.sign(claims))).status).toBe(200)
    await untilOut(one.first, one.second, two.first, two.second)
    expect(await Promise.all([eve.first, eve.second].map(statusOf))).toEqual([200, 200])
  })
})
