import { describe, expect, test } from 'vitest'
import { DummyHashes } from '../../../src/auth/dummy-hash.ts'
import { hashPassword } from '../../../src/hash/hash-password.ts'

const [sha, four, five] = await Promise.all([
  hashPassword('x', { format: 'sha1' }),
  hashPassword('x', { cost: 4 }),
  hashPassword('x', { cost: 5 }),
])

/** The kinds of the dummy hashes of `count` names, with how many names have each. */
function kindsOf(dummies: DummyHashes, count = 1) {
  const kinds: Record<string, number> = {}
  for (let i = 0; i < count; i++) {
    const { format, info } = dummies.of(`name ${i}`)
    const kind = [format.id, info.cost].filter(Boolean).join(' ')
    kinds[kind] = (kinds[kind] ?? 0) + 1
  }
  return kinds
}

const sampled = (hashes: string[]) =>
  new DummyHashes({ get: () => undefined, hashSample: () => hashes }, { maxCost: 17 }, () => 0)

describe('which hash', () => {
  test.each([
    ['no users: bcrypt of the default cost', [], 'bcrypt 12'],
    ['one kind of hash', [five, five], 'bcrypt 5'],
    ['records that nobody can log in with do not count', ['!', 'plain', '$2y$05$cut', four], 'bcrypt 4'],
    ['nor do those that ask for too much work', [`$2y$31$${five.slice(7)}`], 'bcrypt 12'],
  ])('%s', (_, hashes, kind) => expect(kindsOf(sampled(hashes), 20)).toEqual({ [kind]: 20 }))

  test('in a mixed file unknown names have the formats and costs in its proportions', () => {
    const {
      sha1 = 0,
      'bcrypt 4': low = 0,
      'bcrypt 5': high = 0,
    } = kindsOf(sampled([sha, four, four, five, five, five, five, five, five, five]), 5000)
    expect([sha1, low, high].map(count => Math.round(count / 500))).toEqual([1, 2, 7])
  })

  test('a name has the same one each time', () => {
    const dummies = sampled([sha, four, five])
    const once = Array.from({ length: 50 }, (_, i) => dummies.of(`name ${i}`).text)
    expect(Array.from({ length: 50 }, (_, i) => dummies.of(`name ${i}`).text)).toEqual(once)
  })

  test('another process has another choice', () => {
    const [a, b] = [sampled([sha, five]), sampled([sha, five])]
    const choice = (dummies: DummyHashes) =>
      Array.from({ length: 64 }, (_, i) => dummies.of(`name ${i}`).format.id).join()
    expect(choice(a)).not.toBe(choice(b))
  })
})

describe('when the users are looked at', () => {
  test('a sample is parsed again when it is another array', () => {
    let sample = [four]
    const dummies = new DummyHashes({ get: () => undefined, hashSample: () => sample }, {}, () => 0)
    expect(kindsOf(dummies)).toEqual({ 'bcrypt 4': 1 })
    sample = [five]
    expect(kindsOf(dummies)).toEqual({ 'bcrypt 5': 1 })
  })

  test('users that are listed are looked at every ten seconds, a thousand of them', () => {
    let asked = 0
    let hash = four
    let now = 0
    const users = function* () {
      for (let i = 0; i < 5000; i++) yield `u${i}`
    }
    const get = () => {
      asked++
      return hash
    }
    const dummies = new DummyHashes({ get, users }, {}, () => now)
    expect([kindsOf(dummies), asked]).toEqual([{ 'bcrypt 4': 1 }, 1000])
    hash = five
    now = 9_999
    expect([kindsOf(dummies), asked]).toEqual([{ 'bcrypt 4': 1 }, 1000])
    now = 10_000
    expect([kindsOf(dummies), asked]).toEqual([{ 'bcrypt 5': 1 }, 2000])
  })
})
