import { describe, expect, test } from 'vitest'
import { Authenticator } from '../../../src/auth/authenticator.ts'
import { toUserSource, type Users } from '../../../src/auth/user-source.ts'

const hash = '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='

test('a function becomes a source without names', () => {
  const source = toUserSource(name => `hash of ${name}`)
  expect(source.get('a')).toBe('hash of a')
  expect(source.users).toBeUndefined()
})

test('a function is asked for text only', () => {
  const asked: unknown[] = []
  const source = toUserSource(name => void asked.push(name))
  void source.get(Buffer.from([0xff]))
  void source.get('ann')
  expect(asked).toEqual(['ann'])
})

test('a source stays itself, so that its methods keep their object', () => {
  const source = { get: () => undefined, users: () => [] }
  expect(toUserSource(source)).toBe(source)
})

describe.each([
  ['an object', (): [Users, (name: string) => void] => object({ ann: hash })],
  ['an object without a prototype', () => object(Object.assign(Object.create(null), { ann: hash }))],
  [
    'a Map',
    (): [Users, (name: string) => void] => {
      const map = new Map([['ann', hash]])
      return [map, name => map.delete(name)]
    },
  ],
])('%s', (_, make) => {
  test('has its own names only, and what changes in it counts at once', () => {
    const [users, remove] = make()
    const source = toUserSource(users)
    expect([...(source.users?.() ?? [])]).toEqual(['ann'])
    expect(['ann', 'bob', 'constructor', '__proto__', 'get'].map(name => source.get(name))).toEqual([
      hash,
      ...Array(4).fill(undefined),
    ])
    remove('ann')
    expect(source.get('ann')).toBeUndefined()
  })
})

function object(users: Record<string, string>): [Users, (name: string) => void] {
  return [users, name => delete users[name]]
}

describe('anything else is refused when it is given', () => {
  test.each([
    ['users', "got a string; for a password file: Authenticator.fromFile('users')"],
    [undefined, 'users expected an HtpasswdFile, a function, a Map or an object'],
    [null, 'got object'],
    [['ann'], 'got an array'],
    [Promise.resolve({}), 'got a promise; await it first'],
    [new Date(), 'got another object'],
    [7, 'got number'],
    [{ ann: 'secret' }, '\'$2y$…\' for "ann", got plain text; hashPassword makes one'],
    [{ ann: 5 }, 'for "ann", got number'],
    [{ ann: '$2y$05$cut' }, 'for "ann", got damaged'],
    [
      { ann: '$y$j9T$abcdefgh$uYdJrTqVbEzWmGkNoPsLxHcAiQfRtYwUeIoPaSdFgH' },
      'for "ann", got an unknown format',
    ],
    [new Map([['ann', 'secret']]), 'for "ann", got plain text'],
  ])('%j', (users, message) => {
    const create = () => new Authenticator(users as never)
    expect(create).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining(message) }),
    )
    expect(create).not.toThrow('secret')
  })

  test.each([undefined, '', 5])('as the path of a file: %j', path => {
    expect(() => Authenticator.fromFile(path as never)).toThrow('"file" expected the path of a password file')
  })

  test('a locked user and one without a password are users who cannot log in', () => {
    expect(() => new Authenticator({ ann: '!', bob: '' })).not.toThrow()
  })
})
