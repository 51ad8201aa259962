// A credential in the URL is in every log and Referer on its way (CVE-2023-1387): no query and no cookie is a login, and
// neither the access log nor a response repeats one.
import { expect, test } from 'vitest'
import { digestOf, generateToken, tokenId } from '../../src/auth/tokens/token.ts'
import { TokenAuthenticator } from '../../src/auth/tokens/token-authenticator.ts'
import { ownerBytes, recordFingerprint, TokensDocument } from '../../src/document/tokens.ts'
import { formatAccessLogEntry } from '../../src/http/guard/access-log.ts'
import { accessClaims, startOpenidGuard } from '../support/openid-guard.ts'
import { basic, TestGuard } from '../support/test-guard.ts'

const token = generateToken()
const tokens = new TokensDocument()
const id = tokenId(token)
const record = '*'
tokens.set({
  id,
  user: ownerBytes('alice'),
  digest: digestOf(token),
  created: 0,
  expires: undefined,
  scope: 'all',
  records: [recordFingerprint(id, record)],
  name: 'ci',
})

const start = () =>
  TestGuard.start({
    users: new Map([['alice', record]]),
    makeTokens: authenticator => new TokenAuthenticator({ tokens: { value: tokens }, authenticator }),
  })

test.each([
  ['?token=', `/?token=${token}`, {}],
  ['?access_token= (RFC 6750 section 2.3)', `/?access_token=${token}`, {}],
  ['?auth_token=', `/x?auth_token=${token}`, {}],
  ['a path', `/${token}`, {}],
  ['a cookie', '/', { cookie: `token=${token}; access_token=${token}; htpasswd=${token}` }],
  ['X-Auth-Token', '/', { 'x-auth-token': token, 'x-api-key': token }],
  ['X-MLflow-Authorization beyond the gateway', '/', { 'x-mlflow-authorization': `Bearer ${token}` }],
])('not a login: %s', async (_name, path, headers) => {
  await using guard = await start()
  expect((await fetch(guard.url + path, { headers })).status).toBe(401)
  expect(guard.received).toEqual([])
})

test('nor a JSON Web Token, by any of the names that others accept', async () => {
  await using guard = await startOpenidGuard()
  const jwt = await guard.provider.sign(accessClaims(guard))
  const send = (path: string, headers = {}) => fetch(guard.origin + path, { redirect: 'manual', headers })
  expect((await send('/', { authorization: `Bearer ${jwt}` })).status).toBe(200)
  for (const name of ['auth_token', 'access_token', 'id_token', 'token', 'jwt'])
    expect((await send(`/?${name}=${jwt}`)).status, name).toBe(401)
  expect(JSON.stringify(guard.log)).not.toContain(jwt)
})

test('a body is no login (RFC 6750 section 2.2)', async () => {
  await using guard = await start()
  const body = new URLSearchParams({ access_token: token })
  expect((await fetch(guard.url, { method: 'POST', body })).status).toBe(401)
})

test.each([
  ['accepted, as Bearer', `Bearer ${token}`, 200],
  ['accepted, as a password', basic('alice', token), 200],
  ['refused, as Bearer', `Bearer ${token.slice(0, -1)}_`, 401],
  ['refused, with the name of another user', basic('bob', token), 401],
])('%s: neither log nor response nor app sees it', async (_name, authorization, status) => {
  await using guard = await start()
  const response = await fetch(`${guard.url}/?token=${token}`, { headers: { authorization } })
  expect(response.status).toBe(status)
  const [entry] = await guard.logged(1)
  for (const format of ['text', 'json'] as const) {
    const line = formatAccessLogEntry(entry as never, format)
    expect(line).not.toContain(token.slice(12))
    expect(line.includes(`token:${id}`)).toBe(status === 200)
  }
  expect(`${await response.text()}${JSON.stringify([...response.headers])}`).not.toContain(token.slice(12))
  for (const { rawHeaders } of guard.received) expect(rawHeaders.join('\n')).not.toContain(token.slice(12))
})
