import { describe, expect, test } from 'vitest'
import { Authenticator } from '../../../src/auth/authenticator.ts'
import type { AuthenticatorOptions } from '../../../src/auth/authenticator-options.ts'
import { hashPassword, verifyHash } from '../../../src/hash/hash-password.ts'

const users = new Map([
  ['alice', await hashPassword('correct horse', { cost: 4 })],
  ['jürgen', await hashPassword('pässword', { cost: 4 })],
  ['locked', '!'],
])
const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding)

/** An authenticator whose hashes are counted. */
function setUp(options: AuthenticatorOptions = {}, source: Map<string, string> = new Map(users)) {
  const clock = { now: 1000 }
  const checked: string[] = []
  const delays: number[] = []
  const lookup = { get: (name: string | Uint8Array) => source.get(String(name)), users: () => source.keys() }
  const authenticator = new Authenticator(
    lookup,
    { now: () => clock.now, ...options },
    {
      verify: async (password, { text }) => {
        checked.push(text)
        return verifyHash(password, text)
      },
      delay: async milliseconds => {
        delays.push(milliseconds)
      },
    },
  )
  const login = (user: string, password: string, address = '192.0.2.1') =>
    authenticator.authenticate({ username: bytes(user), password: bytes(password) }, { address })
  return { authenticator, login, checked, delays, clock, source }
}

test('a user is admitted by name, others are not', async () => {
  const { login, authenticator } = setUp()
  expect(await login('alice', 'correct horse')).toMatchObject({ ok: true, user: 'alice' })
  expect(await login('jürgen', 'pässword')).toMatchObject({ ok: true, user: 'jürgen' })
  expect(await login('alice', 'wrong')).toEqual({ ok: false, status: 401, reason: 'rejected' })
  expect(await login('bob', 'wrong')).toEqual({ ok: false, status: 401, reason: 'rejected' })
  expect(await authenticator.authenticate(undefined)).toEqual({ ok: false, status: 401, reason: 'missing' })
})

test('a removed user is refused, also if the lookup returns null', async () => {
  const { source } = setUp()
  const get = (name: string | Uint8Array) => (source.get(String(name)) ?? null) as never
  const authenticator = new Authenticator({ get, users: () => source.keys() }, {})
  const credentials = { username: bytes('alice'), password: bytes('correct horse') }
  expect(await authenticator.authenticate(credentials)).toMatchObject({ ok: true })
  // now her record is the dummy hash, which is chosen again after ten seconds
  await authenticator.authenticate({ username: bytes('bob'), password: bytes('x') })
  source.delete('alice')
  expect(await authenticator.authenticate(credentials)).toMatchObject({ status: 401, reason: 'rejected' })
})

describe('what was opened by a login', () => {
  const opened = async (name: Uint8Array, setup = setUp()) => {
    const password = Buffer.from(String(name) === 'alice' ? 'correct horse' : 'pässword')
    const login = async () => setup.authenticator.authenticate({ username: name, password })
    const [first, remembered] = [await login(), await login()]
    if (!first.ok || !remembered.ok) throw new Error('expected to be let in')
    return { setup, isCurrent: () => [first.isCurrent(), remembered.isCurrent()] }
  }

  test.each([
    ['alice', bytes('alice')],
    ['jürgen', bytes('jürgen')],
    ['jürgen', bytes('jürgen', 'latin1')],
  ])('goes on as long as the record of %s stands', async (user, name) => {
    const { setup, isCurrent } = await opened(name)
    expect(isCurrent()).toEqual([true, true])
    setup.source.set(user, `${setup.source.get(user)}x`)
    expect(isCurrent()).toEqual([false, false])
    setup.source.delete(user)
    expect(isCurrent()).toEqual([false, false])
  })

  test('keeps working when the user source fails, and reveals nothing', async () => {
    const errors: unknown[] = []
    const source = new Map(users)
    const { setup, isCurrent } = await opened(bytes('alice'), setUp({ onError: e => errors.push(e) }, source))
    setup.source.get = () => {
      throw new Error('gone away')
    }
    expect(isCurrent()).toEqual([true, true])
    expect(errors.map(String)).toEqual(['Error: gone away', 'Error: gone away'])
  })
})

describe('what is remembered', () => {
  test('a right password is hashed once in its time', async () => {
    const { login, checked, clock } = setUp({ cacheMilliseconds: 1000 })
    for (let i = 0; i < 5; i++) {
      clock.now += 999
      await login('alice', 'correct horse')
    }
    expect(checked).toHaveLength(1)
    clock.now += 1001
    await login('alice', 'correct horse')
    expect(checked).toHaveLength(2)
  })

  test('a wrong one that is sent again gets the same response after the same time, without a hash', async () => {
    const { login, checked, delays, clock, source } = setUp()
    for (const user of ['alice', 'nobody']) {
      const [first, again] = [await login(user, 'wrong'), await login(user, 'wrong')]
      expect(again).toEqual(first)
    }
    expect(checked).toHaveLength(2)
    expect(delays).toEqual([0, 0])
    // from another address, with another password, for another record, or after an hour it is hashed
    await login('alice', 'wrong', '192.0.2.2')
    await login('alice', 'other')
    source.set('alice', await hashPassword('wrong', { cost: 4 }))
    expect(await login('alice', 'wrong')).toMatchObject({ ok: true })
    expect(checked).toHaveLength(5)
    clock.now += 3_600_001
    await login('nobody', 'wrong')
    expect(checked).toHaveLength(6)
  })

  test('a hundred equal requests at once cost one hash', async () => {
    const { login, checked } = setUp()
    const answers = await Promise.all(Array.from({ length: 100 }, () => login('alice', 'correct horse')))
    expect(answers.every(answer => answer.ok)).toBe(true)
    expect(checked).toHaveLength(1)
  })
})

describe('the second form of a password beyond ASCII', () => {
  test.each([
    ['as UTF-8', 'utf8'],
    ['as Latin-1, the way URL credentials come from Python', 'latin1'],
  ] as const)('%s', async (_, encoding) => {
    const { authenticator } = setUp()
    const credentials = { username: bytes('jürgen', encoding), password: bytes('pässword', encoding) }
    expect(await authenticator.authenticate(credentials)).toMatchObject({ ok: true, user: 'jürgen' })
  })

  test('a hash that was made of Latin-1 takes UTF-8', async () => {
    const source = new Map([['old', await hashPassword(bytes('pässword', 'latin1'), { cost: 4 })]])
    const { login } = setUp({}, source)
    expect(await login('old', 'pässword')).toMatchObject({ ok: true })
  })

  test('costs unknown users the same three hashes', async () => {
    const { login, checked } = setUp()
    await login('alice', 'fälsch')
    await login('nobody', 'fälsch')
    expect(checked).toHaveLength(6)
  })
})

describe('the throttle', () => {
  test('makes a name wait after its failures, but nobody who is remembered, and no other name', async () => {
    const { login, clock, checked } = setUp({ maxFailures: 3 })
    await login('alice', 'correct horse')
    for (const guess of ['a', 'b', 'c']) await login('alice', guess)
    const before = checked.length
    expect(await login('alice', 'd')).toEqual({ ok: false, status: 429, reason: 'throttled', retryAfter: 5 })
    expect(await login('alice', 'correct horse')).toMatchObject({ ok: true })
    expect(checked).toHaveLength(before)
    expect(await login('jürgen', 'pässword')).toMatchObject({ ok: true })
    clock.now += 5000
    expect(await login('alice', 'd')).toMatchObject({ status: 401 })
  })

  test('gives 401 again for a wrong password that is repeated, whatever else was guessed', async () => {
    const { login } = setUp({ maxFailures: 3 })
    for (const guess of ['a', 'b', 'c']) await login('nobody', guess)
    expect(await login('nobody', 'd')).toMatchObject({ status: 429 })
    expect(await login('nobody', 'a')).toMatchObject({ status: 401 })
  })

  test('does not let an attempt that waits share the verification of another subnet', async () => {
    const { login } = setUp({ maxFailures: 1 })
    await login('alice', 'wrong', '192.0.2.1')
    const [free, waiting] = await Promise.all([
      login('alice', 'correct horse', '192.0.2.2'),
      login('alice', 'correct horse', '192.0.2.1'),
    ])
    expect(free).toMatchObject({ ok: true })
    expect(waiting).toMatchObject({ status: 429 })
  })

  test('counts a /64 of IPv6 as one address', async () => {
    const { login } = setUp({ maxFailures: 2 })
    await login('a', '1', '2001:db8::1')
    await login('a', '2', '2001:db8::2')
    expect(await login('a', '3', '2001:db8::3')).toMatchObject({ status: 429 })
    expect(await login('a', '3', '2001:db8:0:1::3')).toMatchObject({ status: 401 })
  })

  test('one wrong login, as a logout sends it, locks nobody out', async () => {
    const { login } = setUp({ maxFailures: 2 })
    await login('alice', 'mlflow-logged-out-123')
    expect(await login('alice', 'correct horse')).toMatchObject({ ok: true })
  })
})

describe('what cannot be checked', () => {
  test('a full queue is 503 for a second', async () => {
    const authenticator = new Authenticator(() => users.get('alice'), {}, { verify: async () => 'full' })
    const result = await authenticator.authenticate({ username: bytes('alice'), password: bytes('x') })
    expect(result).toEqual({ ok: false, status: 503, reason: 'busy', retryAfter: 1 })
  })

  test('a fault denies, is reported, and counts as no failure', async () => {
    const errors: unknown[] = []
    let broken = true
    const options = { maxFailures: 1, onError: (error: unknown) => void errors.push(error) }
    const authenticator = new Authenticator(() => users.get('alice'), options, {
      verify: async () => {
        if (broken) throw new Error('thread died')
        return true
      },
    })
    const credentials = { username: bytes('alice'), password: bytes('x') }
    expect(await authenticator.authenticate(credentials)).toMatchObject({ ok: false, status: 500 })
    expect(errors).toEqual([new Error('thread died')])
    broken = false
    expect(await authenticator.authenticate(credentials)).toMatchObject({ ok: true })
  })

  test.each([
    [
      '$y$j9T$abcdefgh$uYdJrTqVbEzWmGkNoPsLxHcAiQfRtYwUeIoPaSdFgH',
      /"alice" cannot be verified: its hash is yescrypt, which/,
    ],
    [
      `$2y$31$${'a'.repeat(21)}u${'a'.repeat(30)}G`,
      /"alice" cannot be verified: the bcrypt hash has cost 31, above/,
    ],
    ['!', undefined],
  ])(
    'the record %j is refused, and reported once where another server may accept it',
    async (record, message) => {
      const errors: unknown[] = []
      const { login } = setUp({ onError: error => errors.push(error) }, new Map([['alice', record]]))
      for (const password of ['a', 'b']) expect(await login('alice', password)).toMatchObject({ status: 401 })
      const matching =
        message === undefined ? [] : [expect.objectContaining({ message: expect.stringMatching(message) })]
      expect(errors).toEqual(matching)
    },
  )

  test('a source that throws denies', async () => {
    const authenticator = new Authenticator(() => {
      throw new Error('no database')
    })
    expect(await authenticator.authenticate({ username: bytes('a'), password: bytes('b') })).toMatchObject({
      status: 500,
    })
  })
})
