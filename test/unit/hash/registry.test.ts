// Laws over every format of the registry, and the four functions on top of it.
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { hashPassword, needsRehash, verifyPassword } from '../../../src/hash/hash-password.ts'
import { claimedFormat, formats, identify, isLocked } from '../../../src/hash/registry.ts'

const cheap = { bcrypt: { cost: 4 }, sha256crypt: { rounds: 1000 }, sha512crypt: { rounds: 1000 } } as Record<
  string,
  object
>
const hashed = formats.filter(({ id }) => id !== 'plaintext')
// DES looks at 7 bits of 8 characters, bcrypt at 72 bytes: shorter ASCII passwords differ for all
const shortText = fc.string({ unit: 'grapheme-ascii', maxLength: 8 })
const bytes = fc.uint8Array({ min: 1, maxLength: 80 })
const runs = { numRuns: 15 }

describe.each(hashed.map(format => [format.id, format] as const))('%s', (id, format) => {
  const make = (password: string | Uint8Array) => hashPassword(password, { format: id, ...cheap[id] })

  test('a password verifies against its own hash, as text and as bytes', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async password => {
        const hash = await make(password)
        expect(await verifyPassword(password, hash)).toBe(true)
        expect(identify(hash)).toMatchObject({ format: id })
        expect(claimedFormat(hash)).toBe(id)
        expect(needsRehash(hash, { format: id, ...cheap[id] })).toBe(false)
      }),
      runs,
    )
    expect(await verifyPassword('pässwörd', await make(Buffer.from('pässwörd')))).toBe(true)
  })

  test('another password does not', async () => {
    await fc.assert(
      fc.asyncProperty(shortText, shortText, async (one, other) => {
        fc.pre(one !== other)
        expect(await verifyPassword(other, await make(one))).toBe(false)
      }),
      runs,
    )
  })

  // in the salts of some formats any byte may stand, but this is none
  test('a character above U+00FF makes it no hash, wherever it stands', async () => {
    const hash = await make('secret')
    for (let at = 0; at < hash.length; at++) {
      for (const character of 'Ā\u0161\uffff') {
        const changed = hash.slice(0, at) + character + hash.slice(at + 1)
        expect(identify(changed)).toBeUndefined()
        expect(await verifyPassword('secret', changed)).toBe(false)
      }
    }
  })

  test('a change of any one character makes it match nothing', async () => {
    const hash = await make('secret')
    const positions = fc.integer({ min: 0, max: hash.length - 1 })
    await fc.assert(
      fc.asyncProperty(positions, fc.constantFrom(...'./AZaz09$+= :!\u00ff'), async (at, character) => {
        // `$2a$`, `$2b$` and `$2y$` are one algorithm for text
        fc.pre(hash[at] !== character && !(id === 'bcrypt' && at === 2))
        const changed = hash.slice(0, at) + character + hash.slice(at + 1)
        const answer = await verifyPassword('secret', changed, { maxCost: 6, maxRounds: 2000 }).catch(
          error => error.code,
        )
        expect([false, 'ERR_HASH_LIMIT']).toContain(answer)
      }),
      { numRuns: 60 },
    )
  })

  test('cut short or longer it matches nothing, and never its own text', async () => {
    const hash = await make('secret')
    for (const damaged of [
      hash.slice(0, -1),
      `${hash} `,
      `${hash}\n`,
      `${hash}a`,
      ` ${hash}`,
      hash.slice(0, 8),
      format.setting(),
    ]) {
      expect(await verifyPassword('secret', damaged)).toBe(false)
      expect(await verifyPassword(damaged.replaceAll('\0', ''), damaged)).toBe(false)
    }
  })

  test('salts differ', async () => {
    const [one, other] = [await make('secret'), await make('secret')]
    expect(one === other).toBe(id === 'sha1')
  })

  test('a password with a NUL is refused when set and matches nothing', async () => {
    await expect(make('a\0b')).rejects.toMatchObject({ code: 'ERR_PASSWORD' })
    expect(await verifyPassword('a\0b', await make('a'))).toBe(false)
  })
})

test('no record that is not a hash matches anything, its own text least of all', async () => {
  const junk = [
    '',
    '!',
    '*',
    '*0',
    '!$apr1$abcdefgh$ErTEbPtDG8sGDe7vAaG2W0',
    'x',
    'secret',
    '$9$abc$def',
    '$argon2id$v=19$m=1$a$b',
    '$2$05$x',
    '{PLAIN}secret',
    'ü€',
  ]
  for (const hash of junk) {
    expect(await verifyPassword(hash, hash)).toBe(false)
    expect(await verifyPassword('', hash)).toBe(false)
    expect(identify(hash)).toBeUndefined()
  }
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), async (hash, password) => {
      fc.pre(identify(hash) === undefined)
      expect(await verifyPassword(password, hash)).toBe(false)
    }),
  )
})

test('text is compared only where the caller says so, and never a locked record', async () => {
  expect(await verifyPassword('secret', 'secret', { plaintext: true })).toBe(true)
  expect(await verifyPassword('other', 'secret', { plaintext: true })).toBe(false)
  expect(await verifyPassword('!x', '!x', { plaintext: true })).toBe(false)
  // the low byte of U+0141 is "A"
  expect(await verifyPassword('A', '\u0141', { plaintext: true })).toBe(false)
  const hash = await hashPassword('secret', { format: 'sha1' })
  expect(await verifyPassword(hash, hash, { plaintext: true })).toBe(false)
  expect(await verifyPassword('', '', { plaintext: true })).toBe(false)
  expect(isLocked('*')).toBe(true)
})

test('13 letters are a DES hash, and where text is compared a password as well', async () => {
  expect(identify('rqVTKtRlPS2tM')).toMatchObject({ format: 'des' })
  // Perl: crypt('password', 'rq')
  for (const plaintext of [false, true]) {
    expect(await verifyPassword('password', 'rqVTKtRlPS2tM', { plaintext })).toBe(true)
    expect(await verifyPassword('other', 'rqVTKtRlPS2tM', { plaintext })).toBe(false)
    expect(await verifyPassword('rqVTKtRlPS2tM', 'rqVTKtRlPS2tM', { plaintext })).toBe(plaintext)
  }
})

const digest = (length: number) => 'a'.repeat(length)
test.each([
  ['bcrypt', `$2y$18$${digest(52)}.`.replace(/^(.{28})./, '$1.'), { maxCost: 17 }],
  ['bcrypt', `$2a$31$${digest(21)}.${digest(30)}.`, {}],
  ['sha256crypt', `$5$rounds=999999999$salt$${digest(43)}`, {}],
  ['sha512crypt', `$6$rounds=10000001$salt$${digest(86)}`, {}],
  ['sha512crypt', `$6$rounds=5001$salt$${digest(86)}`, { maxRounds: 5000 }],
])('%s above its limit is an error before any work', async (id, hash, limits) => {
  const format = formats.find(one => one.id === id)
  if (format === undefined) throw new Error(id)
  const compute = vi.spyOn(format, 'compute')
  await expect(verifyPassword('secret', hash, limits)).rejects.toMatchObject({
    code: 'ERR_HASH_LIMIT',
    exitStatus: 9,
  })
  expect(compute).not.toHaveBeenCalled()
  compute.mockRestore()
})

test.each([
  [{ format: 'rot13' }, /one of bcrypt, .*, got "rot13"/],
  [{ cost: 3 }, /4 to 17, got 3/],
  [{ cost: 18 }, /4 to 17, got 18/],
  [{ cost: 4.5 }, /4 to 17, got 4.5/],
  [{ rounds: 5000 }, /got the format bcrypt/],
  [{ format: 'sha512crypt', rounds: 999 }, /1000 to 999999999, got 999/],
  [{ format: 'apr1', cost: 5 }, /got the format apr1/],
  [{ costs: 5 }, /got "costs"/],
])('the options %j are refused', async (options, message) => {
  await expect(hashPassword('secret', options as never)).rejects.toThrow(message)
  expect(() => needsRehash('x', options as never)).toThrow(message)
})

test('wrong arguments are named', async () => {
  await expect(hashPassword(1 as never)).rejects.toThrow(/string or a Uint8Array, got number/)
  await expect(verifyPassword('a', 'b', { max: 1 } as never)).rejects.toThrow(/"max"/)
  await expect(hashPassword('a'.repeat(512), { format: 'des' })).rejects.toThrow(/less than 512 bytes/)
})

test.each(
  ['maxCost', 'maxRounds'].flatMap(name =>
    [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1.5, '5', null, {}].map(limit => [name, limit]),
  ),
)('the limit %s of %s is refused, for it would be none', async (name, limit) => {
  const costly = `$2y$31$${'a'.repeat(21)}.${'a'.repeat(30)}.`
  await expect(verifyPassword('x', costly, { [name as string]: limit } as never)).rejects.toMatchObject({
    code: 'ERR_OPTION',
  })
})

test.each([undefined, null, 5])(
  'a record that is %s, as a lookup may give, matches nothing',
  async record => {
    expect(await verifyPassword('x', record as never)).toBe(false)
    expect(await verifyPassword('x', record as never, { plaintext: true })).toBe(false)
    expect(identify(record as never)).toBeUndefined()
  },
)

test.each([
  ['$2y$12$abcdefghijklmnopqrstuuCFaEytnzrfaPZJKbS76hh9vqd9r8v2S', {}, false],
  ['$2y$12$abcdefghijklmnopqrstuuCFaEytnzrfaPZJKbS76hh9vqd9r8v2S', { cost: 13 }, true],
  ['$2x$12$abcdefghijklmnopqrstuuCFaEytnzrfaPZJKbS76hh9vqd9r8v2S', {}, true],
  ['$2y$05$abcdefghijklmnopqrstuuCFaEytnzrfaPZJKbS76hh9vqd9r8v2S', {}, true],
  ['$apr1$abcdefgh$ErTEbPtDG8sGDe7vAaG2W0', {}, true],
  ['$apr1$abcdefgh$ErTEbPtDG8sGDe7vAaG2W0', { format: 'apr1' }, false],
  ['!', {}, true],
] as const)('needsRehash of %s under %j', (hash, policy, answer) => {
  expect(needsRehash(hash, policy)).toBe(answer)
})

test('the default is bcrypt $2y$ of cost 12', async () => {
  expect(identify(await hashPassword('secret'))).toEqual({
    format: 'bcrypt',
    variant: '2y',
    cost: 12,
    strength: 'strong',
  })
})
