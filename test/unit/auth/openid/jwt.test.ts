// Which JSON Web Tokens are accepted: valid ones only, and none that differs in one claim.
import fc from 'fast-check'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ClaimMapping } from '../../../../src/auth/openid/claims.ts'
import { JwtAuthenticator } from '../../../../src/auth/openid/jwt.ts'
import { ISSUER, type StubProvider, stubProvider } from './stub-provider.ts'

const START = Date.UTC(2026, 0, 1)
const seconds = START / 1000
let clock: number
let stub: StubProvider
let reasons: string[]
let users: Map<string, string>
const right = {
  iss: ISSUER,
  aud: 'mlflow',
  exp: seconds + 3600,
  iat: seconds,
  email: 'ann@example.com',
  email_verified: true,
}

function verifier(mapping: ClaimMapping = {}): JwtAuthenticator {
  return new JwtAuthenticator({
    issuers: [{ provider: stub.provider, audiences: ['mlflow', 'lab'] }],
    source: { get: name => users.get(String(name)) },
    mapping,
    onRefused: reason => reasons.push(reason),
    now: () => clock,
  })
}

beforeEach(async () => {
  clock = START
  reasons = []
  users = new Map([['ann@example.com', '*']])
  stub = await stubProvider(() => clock)
})

test('a token of the issuer for this audience is a user of the file', async () => {
  const result = await verifier({ groupsClaim: 'groups' }).decide(
    await stub.sign({ ...right, groups: ['lab', 'a,b', 7] }),
  )
  expect(result).toMatchObject({
    ok: true,
    user: 'ann@example.com',
    kind: 'jwt',
    scope: 'all',
    groups: ['lab'],
    label: 'jwt',
  })
})

test('one of several audiences is enough, in the token and here', async () => {
  const jwt = verifier()
  expect((await jwt.decide(await stub.sign({ ...right, aud: ['other', 'lab'] }))).ok).toBe(true)
})

test.each<[string, Record<string, unknown>, Record<string, unknown>, RegExp]>([
  ['another audience', { aud: 'other' }, {}, /"aud"/],
  ['no audience', { aud: undefined }, {}, /"aud"/],
  ['another issuer', { iss: 'https://evil.example' }, {}, /issuer "https:\/\/evil\.example" is not trusted/],
  ['no issuer', { iss: undefined }, {}, /issuer undefined is not trusted/],
  [
    'expired',
    { exp: seconds - 61 },
    {},
    /expired at 2025-12-31T23:58:59\S+; it is 2026-01-01T00:00:00\S+ here$/,
  ],
  ['no end', { exp: undefined }, {}, /"exp"/],
  ['valid for more than a day', { exp: seconds + 25 * 3600 }, {}, /more than 24 hours/],
  ['not valid yet', { nbf: seconds + 120 }, {}, /"nbf".*is the clock right\? It is 2026-01-01T00:00:00/],
  ['an ID token', { nonce: 'n' }, {}, /ID token/],
  ['an e-mail address that is not verified', { email_verified: false }, {}, /not verified/],
  ['"true" as text', { email_verified: 'true' }, {}, /not verified/],
  ['two @', { email: 'ann@evil.example@example.com' }, {}, /no e-mail address/],
  ['somebody who is not in the file', { email: 'bob@example.com' }, {}, /no user of the password file/],
  ['a newline in the name', { email: 'ann@example.com\n' }, {}, /cannot be a user name/],
  ['a key address', {}, { jku: 'https://evil.example/keys' }, /header parameter "jku"/],
  ['a key in the header', {}, { jwk: {} }, /header parameter "jwk"/],
  ['a certificate address', {}, { x5u: 'https://evil.example' }, /header parameter "x5u"/],
  ['a logout token without a type', { events: {} }, {}, /about an event/],
  ['a long text of the sender', { iss: 'x'.repeat(9000) }, {}, /^.{300}$/],
  ['a logout token', {}, { typ: 'logout+jwt' }, /type "logout\+jwt"/],
])('%s is refused', async (_, claims, header, reason) => {
  const result = await verifier().decide(await stub.sign({ ...right, ...claims }, header))
  expect(result).toMatchObject({ ok: false, status: 401, reason: 'invalid-token' })
  expect(reasons.join()).toMatch(reason)
})

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('before any cryptography and any request', () => {
  test.each([
    ['no algorithm', `${part({ alg: 'none' })}.${part(right)}.`],
    ['a secret that is the public key', `${part({ alg: 'HS256' })}.${part(right)}.${part('x')}`],
    ['encrypted', 'a.b.c.d.e'],
    ['compressed', `${part({ alg: 'ES256', zip: 'DEF' })}.${part(right)}.x`],
    ['critical extensions', `${part({ alg: 'ES256', crit: ['b64'], b64: false })}.${part(right)}.x`],
    ['no JSON', 'a.b.c'],
    ['huge', `${'a'.repeat(20_000)}.b.c`],
  ])('%s', async (_, token) => {
    expect(await verifier().decide(token)).toMatchObject({ ok: false, reason: 'invalid-token' })
    expect(stub.fetched).toEqual([])
  })
})

test('a token signed by another key with the same id is refused', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  expect(await exportJWK(publicKey)).toBeTruthy()
  const forged = await new SignJWT(right).setProtectedHeader({ alg: 'ES256', kid: 'first' }).sign(privateKey)
  expect((await verifier().decide(forged)).ok).toBe(false)
})

test('of 1,000 mutated tokens none is accepted', async () => {
  const token = await stub.sign(right)
  const jwt = verifier()
  await fc.assert(
    fc.asyncProperty(
      fc.nat(token.length - 1),
      fc.constantFrom(...'ABCxyz019-_.', ''),
      fc.constantFrom('replace', 'insert', 'delete', 'swap'),
      async (at, character, how) => {
        const [head, tail] = [token.slice(0, at), token.slice(at + 1)]
        const mutated =
          how === 'replace'
            ? head + character + tail
            : how === 'insert'
              ? head + character + token.slice(at)
              : how === 'delete'
                ? head + tail
                : [...token.split('.').slice(1), token.split('.')[0]].join('.')
        // the unused bits of the last character of a part may differ: the bytes are the same, and so is the token
        const isSame = mutated
          .split('.')
          .every((piece, i) =>
            Buffer.from(piece, 'base64url').equals(Buffer.from(token.split('.')[i] ?? '', 'base64url')),
          )
        fc.pre(mutated !== token && !isSame)
        expect((await jwt.decide(mutated)).ok).toBe(false)
      },
    ),
    { numRuns: 1000 },
  )
})

describe('while a token is in use', () => {
  test('it ends with its time, with the line of its user, and not before', async () => {
    const jwt = verifier()
    const token = await stub.sign(right)
    const result = await jwt.decide(token)
    if (!result.ok) throw new Error('refused')
    clock += 3_600_000
    expect(result.isCurrent()).toBe(true)
    users.set('ann@example.com', 'another line')
    expect(result.isCurrent()).toBe(false)
    users.set('ann@example.com', '*')
    clock += 61_000
    expect(result.isCurrent()).toBe(false)
    expect((await jwt.decide(token)).ok).toBe(false)
  })

  test('a deleted line ends it at the next request', async () => {
    const jwt = verifier()
    const token = await stub.sign(right)
    expect((await jwt.decide(token)).ok).toBe(true)
    users.delete('ann@example.com')
    expect((await jwt.decide(token)).ok).toBe(false)
  })
})

describe('the keys of the provider', () => {
  test('an unknown key id fetches them again, but not more often than every 30 seconds', async () => {
    const jwt = verifier()
    expect((await jwt.decide(await stub.sign(right))).ok).toBe(true)
    clock += 30_000
    await stub.rotate()
    expect((await jwt.decide(await stub.sign(right))).ok).toBe(true)
    const before = stub.fetched.length
    clock += 29_999
    for (let i = 0; i < 20; i++) await jwt.decide(await stub.sign(right, { kid: `unknown${i}` }))
    expect(stub.fetched.length - before).toBe(0)
  })

  test('while the provider is down, the known ones go on; there is one attempt after each pause', async () => {
    const jwt = verifier()
    expect((await jwt.decide(await stub.sign(right))).ok).toBe(true)
    stub.down = 'ECONNREFUSED'
    clock += 700_000
    for (let i = 0; i < 5; i++)
      expect((await jwt.decide(await stub.sign({ ...right, jti: String(i) }))).ok).toBe(true)
    expect(stub.fetched.filter(url => url.endsWith('/keys'))).toHaveLength(2)
  })

  test('a token that was accepted ends some minutes after its key was withdrawn', async () => {
    const jwt = verifier()
    const token = await stub.sign(right)
    expect((await jwt.decide(token)).ok).toBe(true)
    await stub.rotate()
    clock += 600_000
    expect((await jwt.decide(token)).ok).toBe(false)
  })

  test('down from the start: refused with the reason, and accepted once it is up', async () => {
    const jwt = verifier()
    stub.down = 'ECONNREFUSED'
    const token = await stub.sign(right)
    expect((await jwt.decide(token)).ok).toBe(false)
    expect(reasons.at(-1)).toContain('ECONNREFUSED')
    stub.down = undefined
    clock += 2000
    expect((await jwt.decide(token)).ok).toBe(true)
  })

  test('a document that names another issuer is not believed', async () => {
    stub.metadata = { issuer: 'https://other.example', jwks_uri: `${ISSUER}/keys` }
    expect((await verifier().decide(await stub.sign(right))).ok).toBe(false)
    expect(reasons.at(-1)).toContain('names the issuer "https://other.example"')
  })
})

describe('who the claims name', () => {
  test("a provider's admin is not the admin of the file", async () => {
    users.set('admin', '$2y$05$abcdefghijklmnopqrstuu5s7v4w8x9y0z1a2b3c4d5e6f7g8h9i0')
    const token = await stub.sign({ ...right, preferred_username: 'admin' })
    for (const mode of ['file', 'any'] as const) {
      const mapping = { userClaim: 'preferred_username', users: mode, allow: ['user:admin'] as const }
      expect((await verifier(mapping).decide(token)).ok).toBe(false)
    }
    users.set('admin', '*')
    expect((await verifier({ userClaim: 'preferred_username' }).decide(token)).ok).toBe(true)
  })

  test.each<[ClaimMapping['allow'], boolean]>([
    [['user:carol@example.com'], true],
    [['user:carol'], false],
    [['domain:example.com'], true],
    [['domain:EXAMPLE.com'], true],
    [['domain:ample.com'], false],
    [['group:lab'], true],
    [['group:la'], false],
    [[], false],
  ])('without the file, %j: %s', async (allow, isAllowed) => {
    const token = await stub.sign({ ...right, email: 'carol@example.com', groups: ['lab'] })
    const mapping = { users: 'any', groupsClaim: 'groups', allow } as const
    expect((await verifier(mapping).decide(token)).ok).toBe(isAllowed)
  })
})
