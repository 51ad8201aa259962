// The throttle stops guessing and locks nobody out: neither those who share an address with a program that has a stale
// password (fail2ban issue 779), nor the owner of a name that somebody elsewhere guesses at. Simulated with a clock of its
// own; the figures are printed.
import { describe, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { Throttle } from '../../src/auth/throttle.ts'
import { toByteString } from '../../src/bytes.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'

const stored = await hashPassword('x', { format: 'sha1' })
const people = Array.from({ length: 50 }, (_, i) => `person${i}`)

/** An authenticator on a clock of its own, in which the password of each user is `pw-` and the name. */
function setUp(seed = 1) {
  const clock = { now: 1_000_000 }
  let guesses = 0
  let name = ''
  const authenticator = new Authenticator(
    {
      get: user => {
        name = String(user)
        return name === 'job' || people.includes(name) ? `${stored}` : undefined
      },
    },
    { now: () => clock.now },
    {
      verify: async password => {
        guesses++
        return password === `pw-${name}`
      },
      delay: async () => {},
    },
  )
  let random = seed
  const nextRandom = (): number => {
    random = (random * 48271) % 2147483647
    return random / 2147483647
  }
  const login = async (user: string, password: string, address: string) => {
    name = user
    return authenticator.authenticate(
      { username: toByteString(user), password: toByteString(password) },
      { address },
    )
  }
  return { clock, login, nextRandom, guesses: () => guesses }
}

/**
 * One program loops ten times a second for a minute and goes on; then people log in within five seconds, and again after
 * each Retry-After. Returns the seconds until the last of them is in.
 */
async function lastIn(
  loop: (login: ReturnType<typeof setUp>['login'], i: number) => Promise<unknown>,
  users: readonly string[],
  addressOf: (user: string) => string,
): Promise<number> {
  const { clock, login, nextRandom } = setUp()
  let step = 0
  const tick = async () => {
    await loop(login, step++)
    clock.now += 100
  }
  for (let i = 0; i < 600; i++) await tick()
  const start = clock.now
  const nextTry = new Map(users.map(user => [user, start + nextRandom() * 5000]))
  let last = start
  while (nextTry.size > 0 && clock.now < start + 300_000) {
    await tick()
    for (const [user, at] of nextTry) {
      if (at > clock.now) continue
      const result = await login(user, `pw-${user}`, addressOf(user))
      if (result.ok) {
        nextTry.delete(user)
        last = clock.now
      } else nextTry.set(user, clock.now + (result.retryAfter ?? 1) * 1000)
    }
  }
  return nextTry.size > 0 ? Number.POSITIVE_INFINITY : (last - start) / 1000
}

const print = (line: string) => process.stdout.write(`${line}\n`)
const OFFICE = '192.0.2.1'

test.each([
  ['repeats one stale password', async (login, _) => login('job', 'stale', OFFICE)],
  ['repeats three stale passwords', async (login, i) => login('job', `stale ${i % 3}`, OFFICE)],
  ['has stale passwords of twenty users', async (login, i) => login(`person${i % 20}`, 'stale', OFFICE)],
  ['guesses a new password of one user each time', async (login, i) => login('job', `guess ${i}`, OFFICE)],
  ['names a user who does not exist', async (login, i) => login('nobody', `guess ${i}`, OFFICE)],
] satisfies [string, Parameters<typeof lastIn>[0]][])(
  'while a program of the same address %s, fifty people log in within ten seconds',
  async (what, loop) => {
    const seconds = await lastIn(loop, people, () => OFFICE)
    print(`a program ${what} 10 times a second: all 50 people of its address are in after ${seconds} s`)
    expect(seconds).toBeLessThan(10)
  },
)

test('guesses at a name from elsewhere do not keep its owner out, at an address where he has never been', async () => {
  const owner = people[0] as string
  const seconds = await lastIn(
    async (login, i) => login(owner, `guess ${i}`, `198.51.100.${i % 200}`),
    [owner],
    () => OFFICE,
  )
  print(`200 addresses guess at a name 10 times a second: its owner is in after ${seconds} s`)
  expect(seconds).toBeLessThan(10)
})

/** What addresses that guess as fast as they are let get in an hour. */
async function guessesPerHour(addresses: number, nameOf: (guess: number) => string): Promise<number> {
  const clock = { now: 1 }
  const throttle = new Throttle({ maxFailures: 10, now: () => clock.now, maxKeys: 1_000_000 })
  let guesses = 0
  // a retry each minute is enough to take all that is free where there are many; a few try each second
  const pause = addresses > 10 ? 60_000 : 250
  for (let second = 0; second < 3600_000; second += pause) {
    clock.now = second + 1
    for (let i = 0; i < addresses; i++) {
      clock.now = second + 1 + (pause * i) / addresses
      for (;;) {
        const attempt = { name: nameOf(guesses), subnet: `address ${i}` }
        const admission = await throttle.admit(attempt)
        if (admission === 'full' || 'wait' in admission) break
        guesses++
        throttle.settle(attempt, true)
      }
    }
  }
  return guesses
}

describe('guesses in an hour', () => {
  test.each([
    [1, 740],
    [100, 1_200],
    [10_000, 50_000],
  ])('at one name from %i addresses', async (addresses, most) => {
    const guesses = await guessesPerHour(addresses, () => 'alice')
    print(`${addresses} addresses: ${guesses} guesses at one name in an hour`)
    expect(guesses).toBeLessThanOrEqual(most)
  })

  test('at a new name each time from one address', async () => {
    const guesses = await guessesPerHour(1, i => `name ${i}`)
    print(`1 address: ${guesses} guesses at as many names in an hour`)
    expect(guesses).toBeLessThanOrEqual(7_400)
  })
})

test('429 comes at the same attempt for a known user, an unknown one, and one who logged in from here before', async () => {
  const { login, clock } = setUp()
  await login('person1', 'pw-person1', OFFICE)
  const statuses: Record<string, string> = {}
  for (const user of ['person1', 'person2', 'nobody', '']) {
    // used up from elsewhere
    for (let i = 0; i < 12; i++) await login(user, `guess ${i}`, `198.51.100.${i}`)
    const results = []
    for (let i = 0; i < 14; i++) results.push(await login(user, `other ${i}`, OFFICE))
    statuses[user] = results.map(result => (result.ok ? 200 : result.status)).join(' ')
    clock.now += 3_600_000 * 10
  }
  expect(new Set(Object.values(statuses))).toHaveProperty('size', 1)
  expect(statuses.nobody).toMatch(/^401 401 429/)
})
