// A token must not choose how it is verified: not the algorithm (RFC 8725 section 2.1), not the key (jku, x5u, jwk), and not
// work for the server before its signature counts (JWE: CVE-2022-36083, CVE-2024-28176).
import { createHmac } from 'node:crypto'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { JwtAuthenticator } from '../../src/auth/openid/jwt.ts'
import { ISSUER, stubProvider } from '../unit/auth/openid/stub-provider.ts'

const now = Date.now()
const stub = await stubProvider(() => now)
const reasons: string[] = []
const verifier = new JwtAuthenticator({
  issuers: [{ provider: stub.provider, audiences: ['mlflow'] }],
  source: { get: () => '*' },
  mapping: {},
  onRefused: reason => reasons.push(reason),
})
const claims = {
  iss: ISSUER,
  aud: 'mlflow',
  iat: Math.floor(now / 1000),
  exp: Math.floor(now / 1000) + 600,
  email: 'ann@example.com',
  email_verified: true,
}
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const own = await generateKeyPair('ES256', { extractable: true })
const publicText = await exportSPKI(own.publicKey)

const hs256 = (key: string): string => {
  const text = `${encode({ alg: 'HS256', kid: 'first' })}.${encode(claims)}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}
const signedByOwn = async (header: Record<string, unknown>): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'first', ...header }).sign(own.privateKey)

test('the right one, for comparison', async () => {
  expect((await verifier.decide(await stub.sign(claims))).ok).toBe(true)
})

test('another trusted issuer signs for this one, with its own key and id', async () => {
  const other = await stubProvider(() => now, 'https://other.example')
  await other.rotate('of the other')
  const both = new JwtAuthenticator({
    issuers: [stub, other].map(({ provider }) => ({ provider, audiences: ['mlflow'] })),
    source: { get: () => '*' },
    mapping: {},
  })
  expect((await both.decide(await other.sign({ ...claims, iss: 'https://other.example' }))).ok).toBe(true)
  expect((await both.decide(await other.sign(claims))).ok).toBe(false)
})

test.each<[string, () => string | Promise<string>]>([
  ['alg none', () => `${encode({ alg: 'none' })}.${encode(claims)}.`],
  ['alg NONE', () => `${encode({ alg: 'NONE' })}.${encode(claims)}.`],
  ['HS256 with the public key', () => hs256(publicText)],
  ['HS256 with an empty key', () => hs256('')],
  ['a key of the sender, with the kid of the provider', () => signedByOwn({})],
  ['the key in the header', async () => signedByOwn({ jwk: await exportJWK(own.publicKey) })],
  ['the address of a key', () => signedByOwn({ jku: 'https://evil.example/keys' })],
  ['the address of a certificate', () => signedByOwn({ x5u: 'https://evil.example/cert' })],
  ['a certificate', () => signedByOwn({ x5c: ['MIIB'] })],
  ['compression', () => signedByOwn({ zip: 'DEF' })],
  [
    'encrypted, with a costly p2c',
    () => `${encode({ alg: 'PBES2-HS256+A128KW', p2c: 2 ** 31, enc: 'A128GCM' })}.a.b.c.d`,
  ],
])('%s', async (_name, make) => {
  const fetched = stub.fetched.length
  expect(await verifier.decide(await make())).toMatchObject({ ok: false, reason: 'invalid-token' })
  // and nothing of the sender's is fetched
  expect(stub.fetched.slice(fetched).filter(url => !url.startsWith(ISSUER))).toEqual([])
})
