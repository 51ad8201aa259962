// Sessions: whom a cookie belongs to, what ends it, and when it is issued again.
import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EndedList } from '../../../../src/auth/sessions/ended-sessions.ts'
import { deriveKey, seal } from '../../../../src/auth/sessions/seal.ts'
import { decodeSession, encodeSession } from '../../../../src/auth/sessions/session-data.ts'
import type { SessionIdentity } from '../../../../src/auth/sessions/session-identity.ts'
import { Sessions, type SessionsOptions } from '../../../../src/auth/sessions/sessions.ts'
import { toByteString } from '../../../../src/bytes.ts'

const SECRET = 's'.repeat(32)
const HTTP = { scheme: 'http' }
const HTTPS = { scheme: 'https' }
const HOUR = 3_600_000
const alice = toByteString('alice')

function setUp(options: Partial<SessionsOptions> = {}) {
  const users = new Map([
    ['alice', '$2y$05$first'],
    ['bob', '$2y$05$second'],
  ])
  const clock = { now: Date.UTC(2026, 10, 28) }
  const sessions = new Sessions({
    source: { get: name => users.get(String(name)) },
    secrets: [SECRET],
    now: () => clock.now,
    ...options,
  })
  return { users, clock, sessions }
}

/** The pair of a Set-Cookie value, as a browser sends it back. */
const pairOf = (setCookie: string): string => setCookie.split(';', 1)[0] as string
const cookieOf = (setCookie: string): string => pairOf(setCookie).slice(pairOf(setCookie).indexOf('=') + 1)
const userOf = (sessions: Sessions, cookies: string, scope = HTTP): string | undefined => {
  const result = sessions.decide(cookies, scope)
  return result === undefined ? undefined : result.ok ? result.user : result.reason
}

describe('a cookie that was issued', () => {
  test('is its user, with name, kind and session', () => {
    const { sessions } = setUp()
    const cookie = sessions.issue(alice, HTTP)
    const identity = sessions.decide(pairOf(cookie), HTTP) as SessionIdentity
    expect(identity).toMatchObject({ ok: true, user: 'alice', kind: 'session', scope: 'all', groups: [] })
    expect(identity.isCurrent()).toBe(true)
    expect(cookie).toMatch(/^htpasswd=1\.[\w-]{8}\.[\w-]+\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('is under 400 bytes, for a name of 200 bytes too', () => {
    const { sessions, users } = setUp()
    users.set('x'.repeat(200), 'hash')
    expect(sessions.issue(alice, HTTPS).length).toBeLessThan(200)
    expect(pairOf(sessions.issue(toByteString('x'.repeat(200)), HTTPS)).length).toBeLessThan(400)
  })

  test('over https is not one over http, nor the reverse', () => {
    const { sessions } = setUp()
    const secure = cookieOf(sessions.issue(alice, HTTPS))
    const plain = cookieOf(sessions.issue(alice, HTTP))
    expect(userOf(sessions, `__Host-htpasswd=${secure}`, HTTPS)).toBe('alice')
    expect(userOf(sessions, `htpasswd=${secure}`, HTTP)).toBeUndefined()
    expect(userOf(sessions, `__Host-htpasswd=${plain}`, HTTPS)).toBeUndefined()
    expect(userOf(sessions, `htpasswd=${plain}`, HTTPS)).toBeUndefined()
  })

  test('for another prefix is not one of this guard', () => {
    const lab = setUp({ prefix: '/lab' })
    const other = setUp({ prefix: '/mlflow' })
    const cookie = pairOf(lab.sessions.issue(alice, HTTP))
    expect(userOf(lab.sessions, cookie)).toBe('alice')
    expect(userOf(other.sessions, cookie)).toBeUndefined()
  })

  test('is found behind others of its name', () => {
    const { sessions } = setUp()
    const cookie = pairOf(sessions.issue(alice, HTTP))
    expect(userOf(sessions, `htpasswd=tossed; a=b; ${cookie}; htpasswd=1.x.y.z`)).toBe('alice')
  })

  test('of a name that is not UTF-8', () => {
    const name = toByteString(Buffer.from([0xff, 0x41]))
    const sessions = new Sessions({
      source: { get: user => (Buffer.isBuffer(user) && user[0] === 0xff ? 'hash' : undefined) },
      secrets: [SECRET],
    })
    expect(sessions.decide(pairOf(sessions.issue(name, HTTP)), HTTP)).toMatchObject({ username: name })
  })
})

describe('what ends it', () => {
  test.each([
    ['the password is changed', (users: Map<string, string>) => users.set('alice', '$2y$05$third')],
    ['the user is deleted', (users: Map<string, string>) => users.delete('alice')],
    ['the user is locked', (users: Map<string, string>) => users.set('alice', '!$2y$05$first')],
  ])('%s', (_, change) => {
    const { users, sessions } = setUp()
    const cookie = pairOf(sessions.issue(alice, HTTP))
    const identity = sessions.decide(cookie, HTTP) as SessionIdentity
    change(users)
    expect(userOf(sessions, cookie)).toBeUndefined()
    expect(identity.isCurrent()).toBe(false)
    expect(identity.renew()).toBeUndefined()
  })

  test('a sign-out, of this session alone', async () => {
    const { sessions } = setUp()
    const cookies = [1, 2].map(() => pairOf(sessions.issue(alice, HTTP))) as [string, string]
    const identity = sessions.decide(cookies[0], HTTP) as SessionIdentity
    expect(await sessions.end(identity)).toBe(true)
    expect(cookies.map(cookie => userOf(sessions, cookie))).toEqual(['signed-out', 'alice'])
    expect(identity.isCurrent()).toBe(false)
  })

  test('the end of all sessions of the user', () => {
    const generations = new Map<string, string>()
    const { sessions } = setUp({ generationOf: name => generations.get(name) })
    const cookie = pairOf(sessions.issue(alice, HTTP))
    const identity = sessions.decide(cookie, HTTP) as SessionIdentity
    generations.set('alice', '20261128')
    expect(userOf(sessions, cookie)).toBeUndefined()
    expect(identity.isCurrent()).toBe(false)
    expect(userOf(sessions, pairOf(sessions.issue(alice, HTTP)))).toBe('alice')
  })

  test.each([
    [12 * HOUR - 1, 'alice'],
    [12 * HOUR, 'signed-out'],
    [-60_000, 'alice'],
    [-60_001, 'signed-out'],
  ])('%i ms without a request: %s', (milliseconds, expected) => {
    const { clock, sessions } = setUp()
    const cookie = pairOf(sessions.issue(alice, HTTP))
    const identity = sessions.decide(cookie, HTTP) as SessionIdentity
    clock.now += milliseconds
    expect(userOf(sessions, cookie)).toBe(expected)
    expect(identity.isCurrent()).toBe(expected === 'alice')
  })

  test('its absolute end, however often it was issued again', () => {
    const { clock, sessions } = setUp({ maxMilliseconds: 30 * HOUR })
    let cookie = pairOf(sessions.issue(alice, HTTP, { staysSignedIn: true }))
    const begin = clock.now
    for (const hours of [10, 20, 29]) {
      clock.now = begin + hours * HOUR
      const renewed = (sessions.decide(cookie, HTTP) as SessionIdentity).renew() as string
      cookie = pairOf(renewed)
      if (hours === 29) expect(renewed).toContain('Max-Age=3600;')
    }
    clock.now = begin + 30 * HOUR
    expect(userOf(sessions, cookie)).toBe('signed-out')
  })
})

describe('issuing it again', () => {
  test('keeps the id, and both cookies stay good', () => {
    const { clock, sessions } = setUp()
    const first = pairOf(sessions.issue(alice, HTTP))
    const identity = sessions.decide(first, HTTP) as SessionIdentity
    expect(identity.renew()).toBeUndefined()
    clock.now += 1.2 * HOUR
    const second = pairOf(identity.renew() as string)
    expect((sessions.decide(second, HTTP) as SessionIdentity).session.id).toBe(identity.session.id)
    expect(userOf(sessions, first)).toBe('alice')
    expect(second).not.toBe(first)
  })

  test('does not follow a sign-out, as a late response would', async () => {
    const { clock, sessions } = setUp()
    const identity = sessions.decide(pairOf(sessions.issue(alice, HTTP)), HTTP) as SessionIdentity
    clock.now += 2 * HOUR
    await sessions.end(identity)
    expect(identity.renew()).toBeUndefined()
  })
})

describe('secrets', () => {
  const [first, second] = ['a'.repeat(32), 'b'.repeat(32)] as [string, string]

  test('a second line is for cookies from before the change', () => {
    const old = setUp({ secrets: [first] })
    const both = setUp({ secrets: [second, first] })
    const cookie = pairOf(old.sessions.issue(alice, HTTP))
    expect(userOf(both.sessions, cookie)).toBe('alice')
    expect(userOf(old.sessions, pairOf(both.sessions.issue(alice, HTTP)))).toBeUndefined()
    expect(userOf(setUp({ secrets: [second] }).sessions, cookie)).toBeUndefined()
  })

  test('the cookie changes to the new one when it is issued again', () => {
    const old = setUp({ secrets: [first] })
    const both = setUp({ secrets: [second, first] })
    both.clock.now += 2 * HOUR
    const identity = both.sessions.decide(pairOf(old.sessions.issue(alice, HTTP)), HTTP) as SessionIdentity
    const later = setUp({ secrets: [second], now: () => both.clock.now })
    expect(userOf(later.sessions, pairOf(identity.renew() as string))).toBe('alice')
  })

  test('that change while the process runs: nobody is signed out until the old one is taken away', () => {
    let secrets = [first]
    const { sessions } = setUp({ secrets: () => secrets })
    const before = pairOf(sessions.issue(alice, HTTP))
    const identity = sessions.decide(before, HTTP) as SessionIdentity
    secrets = [second, first]
    const after = pairOf(sessions.issue(alice, HTTP))
    expect([before, after].map(cookie => userOf(sessions, cookie))).toEqual(['alice', 'alice'])
    expect([identity.isCurrent(), userOf(setUp({ secrets: [second] }).sessions, after)]).toEqual([
      true,
      'alice',
    ])
    secrets = [second]
    expect([before, after].map(cookie => userOf(sessions, cookie))).toEqual([undefined, 'alice'])
    expect(identity.isCurrent()).toBe(false)
  })

  test.each([[[]], [['short']], [[first, '']]])('%j are refused', secrets => {
    expect(() => setUp({ secrets })).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  })
})

describe('no other cookie is ever an identity', () => {
  const { sessions, users } = setUp()
  users.set('alic', users.get('alice') as string)
  const issued = [
    cookieOf(sessions.issue(alice, HTTP)),
    cookieOf(sessions.issue(toByteString('bob'), HTTP)),
    cookieOf(sessions.issue(alice, HTTP, { staysSignedIn: true })),
  ]
  const refuse = (value: string): void => {
    // whitespace around a value is not part of it (RFC 6265 section 5.2)
    if (issued.includes(value.trim())) return
    expect(sessions.decide(`htpasswd=${value}`, HTTP), value).toBeUndefined()
  }
  const anyIssued = fc.constantFrom(...issued)

  test('a character changed, added or removed', () => {
    fc.assert(
      fc.property(anyIssued, fc.nat(), fc.nat(127), fc.constantFrom(0, 1), (value, at, code, removed) => {
        const position = at % value.length
        refuse(value.slice(0, position) + String.fromCharCode(code) + value.slice(position + removed))
        refuse(value.slice(0, position) + value.slice(position + 1))
      }),
      { numRuns: 2000 },
    )
  })

  test('parts of several', () => {
    const parts = issued.map(value => value.split('.'))
    const part = (i: number) => fc.constantFrom(...parts.map(all => all[i] as string))
    fc.assert(fc.property(part(0), part(1), part(2), part(3), (...all) => refuse(all.join('.'))))
  })

  test('a bit of the payload flipped, the user renamed, the time moved', () => {
    fc.assert(
      fc.property(anyIssued, fc.nat(), fc.nat(7), (value, at, bit) => {
        const [version, key, payload = '', mac] = value.split('.')
        const bytes = Buffer.from(payload, 'base64url')
        const position = at % bytes.length
        bytes[position] = (bytes[position] as number) ^ (1 << bit)
        refuse([version, key, bytes.toString('base64url'), mac].join('.'))
      }),
    )
    const [version, key, payload = '', mac] = (issued[0] as string).split('.')
    const data = decodeSession(Buffer.from(payload, 'base64url'))
    if (data === undefined) throw new Error('the payload of an issued cookie')
    const changes = [
      { username: toByteString('bob') },
      { username: toByteString('alic') },
      { signedInAt: data.signedInAt + 1 },
      { issuedAt: data.issuedAt + 1 },
      { staysSignedIn: true },
      { provider: { subject: '', session: '', groups: ['admins'] } },
    ]
    for (const change of changes)
      refuse([version, key, encodeSession({ ...data, ...change }).toString('base64url'), mac].join('.'))
  })

  test('other spellings of the same base64, quotes, blanks and case', () => {
    const value = issued[0] as string
    for (const other of [
      `${value}=`,
      `${value} x`,
      value.replaceAll('-', '+').replaceAll('_', '/').concat('='),
      value.toUpperCase(),
      value.toLowerCase(),
      `%31${value.slice(1)}`,
      `${value}.${value}`,
    ])
      refuse(other)
  })

  test('the other spellings of its last character, which stand for the same bytes', () => {
    const value = issued[0] as string
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const last of alphabet) refuse(value.slice(0, -1) + last)
  })

  test('one of a user who does not exist, even signed with the secret', () => {
    const now = Date.UTC(2026, 10, 28)
    const data = { username: toByteString('carol'), signedInAt: now, issuedAt: now, staysSignedIn: false }
    for (const binding of ['', '\n', 'undefined\n'])
      refuse(seal(deriveKey(SECRET), 'htpasswd', { id: 'A'.repeat(22), ...data }, binding))
  })

  test('one signed with everything that a stolen password file has', () => {
    const [version, key, payload = ''] = (issued[0] as string).split('.')
    const stored = users.get('alice') as string
    for (const guess of [stored, '', SECRET, createHash('sha256').update(stored).digest()]) {
      const mac = createHmac('sha256', guess).update(`1\0htpasswd\0${payload}\0`).digest('base64url')
      refuse([version, key, payload, mac].join('.'))
    }
  })

  test('any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary-ascii', maxLength: 300 }), refuse), { numRuns: 1000 })
    refuse(`1.${'a'.repeat(8)}.${'a'.repeat(100_000)}.${'a'.repeat(43)}`)
  })
})

test('an ended session is remembered in the list that is given', async () => {
  const ended = new EndedList(() => 0)
  const { sessions } = setUp({ ended })
  const identity = sessions.decide(pairOf(sessions.issue(alice, HTTP)), HTTP) as SessionIdentity
  await sessions.end(identity)
  expect(ended.entries()).toMatchObject([{ id: identity.session.id }])
})

test('the cookie is deleted with the attributes that it was set with', () => {
  const { sessions } = setUp()
  expect(sessions.clear(HTTPS)).toBe('__Host-htpasswd=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure')
})

test('a session of a provider has its groups, and ends with its binding', () => {
  let binding: string | undefined = 'issuer and client'
  const { sessions } = setUp({ providerBinding: () => binding })
  const provider = { subject: 'u1', session: 's1', groups: ['lab', 'admins'] }
  const cookie = pairOf(sessions.issue(toByteString('carol@example.com'), HTTP, { provider }))
  expect(sessions.decide(cookie, HTTP)).toMatchObject({
    user: 'carol@example.com',
    groups: ['lab', 'admins'],
  })
  binding = undefined
  expect(userOf(sessions, cookie)).toBeUndefined()
})
