// Which tokens are accepted, what ends them, and which attempts are counted.
import { expect, test } from 'vitest'
import { Authenticator } from '../../../../src/auth/authenticator.ts'
import { Throttle } from '../../../../src/auth/throttle.ts'
import { digestOf, generateToken, tokenId } from '../../../../src/auth/tokens/token.ts'
import { TokenAuthenticator } from '../../../../src/auth/tokens/token-authenticator.ts'
import { toByteString } from '../../../../src/bytes.ts'
import {
  ownerBytes,
  recordFingerprint,
  type TokenRecord,
  TokensDocument,
} from '../../../../src/document/tokens.ts'

const HASH = '$2y$04$abcdefghijklmnopqrstuuMmTxU5HrGxEJhWmQ0yQvIhQWdDZ0zQK'
const START = 1_700_000_000

/** One token of ann's, and everything around it that a test changes. */
function setUp(changes: Partial<TokenRecord> = {}, user = 'ann') {
  const clock = { now: START * 1000 }
  const users = new Map([
    [user, HASH],
    ['bob', HASH],
  ])
  const source = { get: (name: string | Uint8Array) => users.get(String(name)), users: () => users.keys() }
  const limiter = new Throttle({ maxFailures: 3, now: () => clock.now })
  const authenticator = new Authenticator(source, {}, { limiter })
  const token = generateToken()
  const id = tokenId(token)
  const record: TokenRecord = {
    id,
    user: ownerBytes(user),
    digest: digestOf(token),
    created: START,
    expires: START + 60,
    scope: 'read',
    records: [recordFingerprint(id, HASH)],
    name: 'ci',
    ...changes,
  }
  const live = { value: new TokensDocument() }
  live.value.set(record)
  const used: string[] = []
  const errors: string[] = []
  const tokens = new TokenAuthenticator({
    tokens: live,
    authenticator,
    onUse: noted => used.push(noted),
    onError: error => errors.push((error as Error).message),
    now: () => clock.now,
  })
  const send = (text = token, owner?: string, address = '192.0.2.1') =>
    tokens.decide(text, owner === undefined ? undefined : toByteString(owner), { address })
  return { token, id, record, users, live, used, errors, clock, send, limiter, authenticator }
}

const invalid = { ok: false, status: 401, reason: 'invalid-token' }
const rejected = { ok: false, status: 401, reason: 'rejected' }

test('a token is its owner, at once', () => {
  const { send, id, used } = setUp()
  const identity = send()
  expect(identity).toMatchObject({
    ok: true,
    user: 'ann',
    username: 'ann',
    kind: 'token',
    scope: 'read',
    groups: [],
    label: `token:${id}`,
  })
  expect(used).toEqual([id])
})

test('as a Basic password with the name of the owner, in any spelling of it; with another name it is wrong', async () => {
  const { send } = setUp({}, 'jörg')
  for (const name of ['jörg', 'jörg'.normalize('NFD'), Buffer.from('j\xf6rg', 'latin1')])
    expect(send(undefined, name as string)).toMatchObject({ ok: true, user: 'jörg' })
  for (const name of ['bob', '', 'JÖRG']) expect(await send(undefined, name)).toEqual(rejected)
})

const other = generateToken()
test.each<[string, (setup: ReturnType<typeof setUp>) => string]>([
  ['unknown', () => other],
  ['with another secret', ({ id }) => `htk_${id}${other.slice(12)}`],
  ['with another checksum', ({ token }) => token.slice(0, -1) + (token.endsWith('x') ? 'y' : 'x')],
  ['no token at all', () => 'anything'],
])('refused: %s', async (_name, textOf) => {
  const setup = setUp()
  expect(await setup.send(textOf(setup))).toEqual(invalid)
  expect(setup.used).toEqual([])
})

const endings: [string, (setup: ReturnType<typeof setUp>) => unknown][] = [
  [
    'expired',
    ({ clock }) => {
      clock.now += 60_000
    },
  ],
  ['revoked', ({ live }) => live.value.remove(() => true)],
  ['owner deleted', ({ users }) => users.delete('ann')],
  ['owner deleted and created again', ({ users }) => users.set('ann', HASH.replace('abc', 'bcd'))],
  ['owner locked', ({ users }) => users.set('ann', `!${HASH}`)],
]

test.each(endings)('refused: %s', async (_name, end) => {
  const setup = setUp()
  end(setup)
  expect(await setup.send()).toEqual(invalid)
  expect(setup.used).toEqual([])
})

test.each<[string, (setup: ReturnType<typeof setUp>) => unknown]>([
  ...endings,
  ['another token with its id', ({ live, record }) => live.value.set({ ...record, digest: 'ab'.repeat(32) })],
  ['given to another user', ({ live, record }) => live.value.set({ ...record, user: ownerBytes('bob') })],
])('what was opened with it ends: %s', (_name, end) => {
  const setup = setUp()
  const identity = setup.send()
  if (identity instanceof Promise || !identity.ok) throw new Error('refused')
  expect(identity.isCurrent()).toBe(true)
  end(setup)
  expect(identity.isCurrent()).toBe(false)
})

test('a token that never expires', () => {
  const { send, clock } = setUp({ expires: undefined })
  clock.now += 1e12
  expect(send()).toMatchObject({ ok: true })
})

test('a new password that was set with this package keeps it', () => {
  const { send, users, live, record, id } = setUp()
  const next = '$2y$04$bbcdefghijklmnopqrstuuMmTxU5HrGxEJhWmQ0yQvIhQWdDZ0zQK'
  live.value.set({ ...record, records: [HASH, next].map(hash => recordFingerprint(id, hash)) })
  expect(send()).toMatchObject({ ok: true })
  users.set('ann', next)
  expect(send()).toMatchObject({ ok: true })
})

test('that its owner changed is reported once, without the token', async () => {
  const { send, users, errors, token, id } = setUp()
  users.set('ann', '*')
  await send()
  await send()
  expect(errors).toEqual([expect.stringMatching(`the token ${id} of "ann" is refused: .*token rebind`)])
  expect(errors[0]).not.toContain(token.slice(12))
})

test('a service account has tokens', () => {
  const record = '*AbCdEfGhIjKlMnOpQrStUv'
  const setup = setUp()
  setup.users.set('ann', record)
  setup.live.value.set({ ...setup.record, records: [recordFingerprint(setup.id, record)] })
  expect(setup.send()).toMatchObject({ ok: true })
})

test('wrong tokens are counted for the address, the same one once; a valid one passes all the same', async () => {
  const { send } = setUp()
  for (let i = 0; i < 50; i++) expect(await send('htk_wrong')).toEqual(invalid)
  expect(await send('malformed')).toEqual(invalid)
  expect(await send(generateToken())).toEqual(invalid)
  expect(await send(generateToken())).toMatchObject({ status: 429, reason: 'throttled' })
  expect(await send('htk_wrong')).toEqual(invalid)
  expect(send()).toMatchObject({ ok: true })
})

test('the throttle is that of the passwords', async () => {
  const { send, authenticator } = setUp()
  for (let i = 0; i < 30; i++) {
    const password = Buffer.from(`wrong ${i}`)
    await authenticator.authenticate({ username: Buffer.from(`u${i}`), password }, { address: '192.0.2.1' })
  }
  expect(await send(generateToken())).toMatchObject({ status: 429 })
  expect(await send(generateToken(), undefined, '198.51.100.1')).toEqual(invalid)
  await authenticator[Symbol.asyncDispose]()
})

test('a throttle that cannot be asked, and users that cannot be looked up, are a fault', async () => {
  const { send, limiter, users, errors } = setUp()
  limiter.admit = () => Promise.reject(new Error('gone'))
  expect(await send('htk_x')).toMatchObject({ status: 500, reason: 'fault' })
  const identity = send()
  users.get = () => {
    throw new Error('no database')
  }
  expect(await send()).toMatchObject({ status: 500, reason: 'fault' })
  expect('isCurrent' in identity && identity.isCurrent()).toBe(true)
  expect(errors).toEqual(['gone', 'no database', 'no database'])
})

test('owners in a database: the answer may be a promise', async () => {
  const { token, record, live, limiter, users } = setUp()
  const source = { get: async (name: string | Uint8Array) => users.get(String(name)) }
  const tokens = new TokenAuthenticator({
    tokens: live,
    authenticator: { source, limiter },
    now: () => START * 1000,
  })
  const identity = await tokens.decide(token, undefined, {})
  if (!identity.ok) throw new Error('refused')
  users.delete('ann')
  // the first question starts the look-up, the next one has its answer
  expect(identity.isCurrent()).toBe(true)
  await new Promise(setImmediate)
  expect(identity.isCurrent()).toBe(false)
  expect(await tokens.decide(token, undefined, {})).toEqual(invalid)
  live.value.remove(({ id }) => id === record.id)
  source.get = () => Promise.reject(new Error('no database'))
  expect(await tokens.decide(token, undefined, {})).toEqual(invalid)
})
