// What an import would do: every mistake of a row, every policy for a user who comes twice.

import { expect, test } from 'vitest'
import { checkedPassword } from '../../../src/hash/hash-password.ts'
import {
  type ConflictPolicy,
  type ImportedUser,
  planImport,
  type UnreadableRow,
} from '../../../src/import/plan.ts'

const HASH = '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='
const OTHER = '{SHA}w3QkzGJswDXW5OKZHAJw0FELjfM='

interface Case {
  there?: readonly string[]
  onConflict?: ConflictPolicy
  generate?: () => string
}
const plan = (
  rows: Iterable<ImportedUser | UnreadableRow>,
  { there = [], onConflict = 'fail', generate }: Case = {},
) =>
  planImport(rows, { onConflict, isThere: user => there.includes(user), toBytes: checkedPassword, generate })

/** The lines under the headline. */
function problemsOf(rows: readonly unknown[], options?: Case): string[] {
  try {
    plan(rows as ImportedUser[], options)
  } catch (error) {
    return (error as Error).message.split('\n').slice(1)
  }
  return []
}

test.each<[string, unknown, string]>([
  ['an empty name', { user: '', hash: HASH }, 'username expected at least one character, got an empty name'],
  ['a colon', { user: 'a:b', hash: HASH }, "username contains illegal character ':'"],
  ['a line feed', { user: 'a\nb', hash: HASH }, 'username contains the control character U+000A (line feed)'],
  ['a comment', { user: '#a', hash: HASH }, "username begins with '#', which would make the line a comment"],
  ['a long name', { user: 'a'.repeat(256), hash: HASH }, 'username too long (> 255)'],
  ['no name', { hash: HASH }, '"user" expected a string or a Uint8Array, got undefined'],
  ['neither', { user: 'a' }, 'a: expected a password or a hash, got neither; give one of them'],
  ['both', { user: 'a', password: 'p', hash: HASH }, 'a: expected a password or a hash, got both'],
  [
    'an empty password',
    { user: 'a', password: '' },
    'a: expected a password of at least one character, got an empty one',
  ],
  ['a NUL', { user: 'a', password: 'p\0q' }, 'a: expected a password without a NUL byte, got one'],
  ['a number', { user: 'a', password: 5 }, '"password" expected a string or a Uint8Array, got number'],
  ['no text', { user: 'a', hash: 5 }, 'a: "hash" expected a string, got number'],
  [
    'a cut hash',
    { user: 'a', hash: HASH.slice(0, -3) },
    'a: expected a whole hash of a known format, got other text',
  ],
  ['no hash', { user: 'a', hash: '' }, 'a: expected a whole hash of a known format, got other text'],
  [
    'a colon in a salt',
    { user: 'a', hash: '$apr1$abc:efgh$ErTEbPtDG8sGDe7vAaG2W0' },
    'a: expected a hash without colon, newline, NUL or characters above U+00FF, got one with them',
  ],
  [
    'a line in a locked record',
    { user: 'a', hash: `!\nroot:${HASH}` },
    'a: expected a hash without colon, newline, NUL or characters above U+00FF, got one with them',
  ],
  ['what its reader says', { problem: 'expected JSON, got none', line: 1 }, 'expected JSON, got none'],
])('%s is refused with its place', (_what, row, problem) => {
  const place = (row as ImportedUser).line === undefined ? 'row 1' : 'line 1'
  expect(problemsOf([row])).toEqual([`  ${place}: ${problem}`])
})

test('all of them are told, by their lines', () => {
  const rows = [
    { user: 'a', hash: HASH, line: 2 },
    { user: 'a', hash: HASH, line: 5 },
    { user: '', hash: HASH, line: 7 },
    { user: 'there', hash: HASH, line: 8 },
  ]
  expect(problemsOf(rows, { there: ['there'] })).toEqual([
    '  line 5: a: duplicate of line 2',
    '  line 7: username expected at least one character, got an empty name',
    '  line 8: there: the user exists already',
  ])
})

const twice: ImportedUser[] = [
  { user: 'twice', hash: HASH },
  { user: 'there', hash: HASH },
  { user: 'twice', hash: OTHER },
]
test.each<[ConflictPolicy, Record<string, string>, string[]]>([
  ['skip', { twice: HASH }, ['there', 'twice']],
  ['update', { twice: OTHER, there: HASH }, ['twice']],
])('%s', (onConflict, expected, skipped) => {
  const { users, ...rest } = plan(twice, { onConflict, there: ['there'] })
  expect(Object.fromEntries([...users.values()].map(({ name, hash }) => [name, hash]))).toEqual(expected)
  expect(rest.skipped).toEqual(skipped)
})

test('a name as bytes is the same user as its text', () => {
  const rows = [
    { user: 'jürgen', hash: HASH },
    { user: Buffer.from('jürgen'), hash: HASH },
  ]
  expect(problemsOf(rows)).toEqual(['  row 2: jürgen: duplicate of row 1'])
})

test('locked records are kept', () => {
  const rows = ['*', '!', `!${HASH}`].map((hash, i) => ({ user: `u${i}`, hash }))
  expect([...plan(rows).users.values()].map(({ hash }) => hash)).toEqual(['*', '!', `!${HASH}`])
})

test('a password is made up for a row that has none, and for no row that is skipped', () => {
  let made = 0
  const generate = () => `made ${++made}`
  const rows = [
    { user: 'there' },
    { user: 'new' },
    { user: 'own', password: 'p' },
    { user: 'hashed', hash: HASH },
  ]
  const { users } = plan(rows, { generate, there: ['there'], onConflict: 'skip' })
  expect([...users.values()].map(({ name, password, generated }) => [name, password, generated])).toEqual([
    ['new', 'made 1', 'made 1'],
    ['own', 'p', undefined],
    ['hashed', undefined, undefined],
  ])
})
