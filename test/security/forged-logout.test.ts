// A logout token ends sessions without a cookie, so a forged or repeated one must do nothing (OpenID Connect Back-Channel
// Logout 1.0, sections 2.6 and 4).
import { beforeEach, describe, expect, test } from 'vitest'
import { verifyLogoutToken } from '../../src/auth/openid/logout-token.ts'
import { signInAs, startOpenidGuard } from '../support/openid-guard.ts'
import { ISSUER, type StubProvider, stubProvider } from '../unit/auth/openid/stub-provider.ts'

const NOW = Date.UTC(2026, 0, 1)
const event = { 'http://schemas.openid.net/event/backchannel-logout': {} }
const right = { iss: ISSUER, aud: 'mlflow', iat: NOW / 1000, jti: 'one', events: event, sub: 'ann' }
let stub: StubProvider
beforeEach(async () => {
  stub = await stubProvider(() => NOW)
})
const verify = (token: string) =>
  verifyLogoutToken(token, { provider: stub.provider, clientId: 'mlflow', now: () => NOW })

test('by session where it names one, else by user', async () => {
  expect(await verify(await stub.sign(right))).toMatchObject({ kind: 'sub', value: 'ann', jti: 'one' })
  expect(await verify(await stub.sign({ ...right, sid: 's' }, { typ: 'logout+jwt' }))).toMatchObject({
    kind: 'sid',
    value: 's',
  })
})

describe('refused', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, RegExp]>([
    ['another client', { aud: 'other' }, {}, /"aud"/],
    ['another issuer', { iss: 'https://evil.example' }, {}, /"iss"/],
    ['an ID token', { nonce: 'n' }, {}, /nonce/],
    ['no events', { events: undefined }, {}, /"events"/],
    ['another event', { events: { login: {} } }, {}, /logout/],
    ['an event that is no object', { events: { [Object.keys(event)[0] as string]: true } }, {}, /logout/],
    ['no time', { iat: undefined }, {}, /"iat"/],
    ['an old one', { iat: NOW / 1000 - 700 }, {}, /"iat"/],
    ['one of the future', { iat: NOW / 1000 + 120 }, {}, /"iat"/],
    ['no id', { jti: undefined }, {}, /"jti"/],
    ['nobody', { sub: undefined }, {}, /neither/],
    ['a key of its own', {}, { jwk: {} }, /"jwk"/],
    ['an access token by its type', {}, { typ: 'at+jwt' }, /type/],
  ])('%s', async (_name, claims, header, reason) => {
    await expect(verify(await stub.sign({ ...right, ...claims }, header))).rejects.toThrow(reason)
  })

  test('no signature', async () => {
    const [, payload] = (await stub.sign(right)).split('.')
    const header = Buffer.from('{"alg":"none"}').toString('base64url')
    await expect(verify(`${header}.${payload}.`)).rejects.toThrow(/"none" is not accepted/)
  })

  test('a signature of another key', async () => {
    const token = await stub.sign(right)
    await stub.rotate('first')
    await expect(verify(token)).rejects.toThrow()
  })
})

test('a logout token that comes twice does not end the session that began in between', async () => {
  await using guard = await startOpenidGuard()
  const { web } = await signInAs(guard, 'ann')
  const confirm = await web.open(`${guard.provider.issuer}/session/end`)
  const xsrf = /name="xsrf" value="(\w+)"/.exec(confirm.body)?.[1] ?? ''
  await web.submit(`${guard.provider.issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
  const [form] = guard.provider.sent
  expect((await web.open(`${guard.origin}/`)).body).toContain('Your session has ended')
  await signInAs(guard, 'ann', { web })
  const path = `${guard.origin}/.htpasswd/oidc/backchannel-logout`
  const again = await fetch(path, { method: 'POST', body: form as URLSearchParams })
  expect([again.status, await again.json()]).toEqual([
    400,
    expect.objectContaining({ error: 'invalid_request' }),
  ])
  expect(guard.notes).toEqual([expect.stringMatching(/"jti" was used before/)])
  expect((await web.open(`${guard.origin}/`)).body).toContain('hello ann@example.com')
})
