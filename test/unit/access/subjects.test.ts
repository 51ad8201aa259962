// The users that a list of subjects includes, and the messages about invalid ones.
import { expect, test } from 'vitest'
import { readSubjects } from '../../../src/access/subjects.ts'

test.each([
  ['valid-user', 'ann', [], true],
  ['none', 'ann', ['editors'], false],
  ['user:ann', 'ann', [], true],
  ['user:ann', 'Ann', [], false],
  ['user:ann', 'ann2', ['ann'], false],
  ['group:editors', 'ann', ['viewers', 'editors'], true],
  ['group:editors', 'editors', ['Editors'], false],
  ['group:viewers user:bob', 'bob', [], true],
  ['  group:viewers\tuser:bob ', 'ann', ['viewers'], true],
  ['"user:Ann Lee" user:bob', 'Ann Lee', [], true],
  ['user:a:b', 'a:b', [], true],
])('%s means %s in %j: %s', (text, user, groups, expected) =>
  expect(readSubjects(text).includes(user, groups)).toBe(expected),
)

test.each([
  ['', 'got nothing'],
  ['viewers', 'expected valid-user, user:NAME, group:NAME or none, got "viewers"'],
  ['group:', 'got "group:"'],
  ['user:ann none', 'expected "none" alone'],
  ['role:x', 'got "role:x"'],
])('"%s" is refused: %s', (text, message) => expect(() => readSubjects(text)).toThrow(message))
