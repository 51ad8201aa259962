// Group files as mod_authz_groupfile reads them (the real one: test/interop/apache-groups.test.ts), and changes that keep the rest.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Groups, parseGroups } from '../../../src/document/groups.ts'
import { groupText } from '../../support/arbitraries.ts'

describe('who is in which group', () => {
  test.each<[what: string, text: string, members: Record<string, string[]>]>([
    ['one group', 'viewers: guest ann\n', { viewers: ['guest', 'ann'] }],
    ['blanks around', '  viewers  :  guest \t ann  \n', { viewers: ['guest', 'ann'] }],
    ['comments and blank lines', '# viewers: guest\n\n  # x\nviewers: ann\n', { viewers: ['ann'] }],
    ['several lines add up', 'a: ann\nb: bob\na: bob ann\n', { a: ['ann', 'bob'], b: ['bob'] }],
    ['a continued line', 'a: ann \\\n   bob\\\r\n carl\n', { a: ['ann', 'bob', 'carl'] }],
    ['a name across two lines', 'a: an\\\nn\n', { a: ['ann'] }],
    ['a continued comment', '# a: ann \\\nb: bob\nc: carl\n', { c: ['carl'] }],
    ['quoted names', 'a: "mary ann" \'o"x\' "a\\"b" \'c\\\\d\'\n', { a: ['mary ann', 'o"x', 'a"b', 'c\\d'] }],
    ['quotes inside a name', 'a: o\'brien x"y\n', { a: ["o'brien", 'x"y'] }],
    ['a quoted name without a blank after it', 'a: "ann"bob\n', { a: ['ann', 'bob'] }],
    ['backslashes', 'a: one\\two three\\\\four "x\\y"\n', { a: ['one\\two', 'three\\four', 'x\\y'] }],
    ['a backslash at the end of the file', 'a: ann\\', { a: ['ann\\'] }],
    ['a continuation at the end of the file', 'a: ann \\\n', { a: ['ann'] }],
    ['CRLF', 'a: ann\r\nb: bob\r\n', { a: ['ann'], b: ['bob'] }],
    ['a byte order mark', '\ufeffa: ann\n', { a: ['ann'] }],
    ['no members', 'a:\nb: \n', { a: [], b: [] }],
    ['a colon in a name, and several after the group', 'a:: ann b:c\n', { a: ['ann', 'b:c'] }],
    ['a blank in the group', 'the lab: ann\n', { 'the lab': ['ann'] }],
    ['prototype names', 'constructor: __proto__\n', { constructor: ['__proto__'] }],
    ['nothing', '', {}],
  ])('%s', (_, text, members) => {
    const groups = parseGroups(text)
    expect(groups.groups()).toEqual(Object.keys(members))
    for (const group of groups.groups()) {
      expect(groups.members(group)).toEqual(members[group])
      for (const user of groups.members(group)) expect(groups.groupsOf(user)).toContain(group)
    }
  })

  test('users are compared exactly, but in any encoding', () => {
    const groups = parseGroups(Buffer.from('a: j\xf6rg Ann\nb: j\xc3\xb6rg\n', 'latin1'))
    expect(groups.groupsOf('jörg')).toEqual(['a', 'b'])
    expect(groups.groupsOf('jo\u0308rg')).toEqual(['a', 'b'])
    expect([groups.groupsOf('ann'), groups.groupsOf('Ann'), groups.groupsOf('')]).toEqual([[], ['a'], []])
    expect(parseGroups('').groupsOf('constructor')).toEqual([])
  })
})

test.each<[text: string | Buffer, message: string]>([
  ['a: ann\nviewers guest\n', 'groups:2: expected "group: user …", got a line without a colon'],
  ['a: ann \\\n bob\n\n: ann\n', 'groups:4: expected a group before the colon, got none'],
  ['a: "ann\n', 'groups:1: expected a closing ", got the end of the line'],
  ["a: 'ann\\'\n", "groups:1: expected a closing ', got the end of the line"],
  ['a: \0ann\n', 'groups:1: expected text, got a NUL'],
  [
    'ann:$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00\n',
    'groups:1: expected a group file, with "group: user …", got a password file',
  ],
  [Buffer.from('a: ann\n', 'utf16le'), 'expected UTF-8 or ASCII text, got UTF-16'],
])('%j is refused', (text, message) => {
  expect(() => parseGroups(text, 'groups')).toThrow(message)
})

test('text without a name is named by its line', () => {
  expect(() => parseGroups('\nx\n')).toThrow('line 2: expected "group: user …", got a line without a colon')
})

describe('changes keep the rest', () => {
  const cases: [what: string, before: string, change: (groups: Groups) => unknown, after: string][] = [
    ['a new group', '# lab\n', g => g.add('a', 'ann'), '# lab\na: ann\n'],
    ['a group in an empty file', '', g => g.add('a', 'ann'), 'a: ann\n'],
    ['without a last newline', 'b: bob', g => g.add('a', 'ann'), 'b: bob\na: ann\n'],
    ['after a continuation', 'b: bob \\\n', g => g.add('a', 'ann'), 'b: bob \\\n\na: ann\n'],
    ['after a backslash', 'b: bob\\', g => g.add('a', 'ann'), 'b: bob\\ \na: ann\n'],
    ['a member', 'a:  ann \r\nb:x\n', g => g.add('a', 'bob'), 'a:  ann bob \r\nb:x\n'],
    ['a member of an empty group', 'a:\nb:x\n', g => g.add('a', 'bob'), 'a: bob\nb:x\n'],
    ['on the last line of the group', 'a: x\nb: y\na: z\n', g => g.add('a', 'bob'), 'a: x\nb: y\na: z bob\n'],
    ['on a continued line', 'a: x \\\n  y\\\n\n', g => g.add('a', 'bob'), 'a: x \\\n  y bob\\\n\n'],
    ['a name with a blank', 'a: x\n', g => g.add('a', 'mary ann'), 'a: x "mary ann"\n'],
    ['a name with backslash and quote', 'a: x\n', g => g.add('a', 'a\\"b\\'), 'a: x "a\\\\\\"b\\\\"\n'],
    ['one who is in it', 'a: x\n', g => g.add('a', 'x'), 'a: x\n'],
    ['remove', 'a: x  y z # \n', g => g.remove('a', 'y'), 'a: x z # \n'],
    ['remove the first', 'a: x y\n', g => g.remove('a', 'x'), 'a: y\n'],
    ['remove the last', 'a: x y \r\n', g => g.remove('a', 'y'), 'a: x \r\n'],
    ['remove the only one', 'a: x\n', g => g.remove('a', 'x'), 'a:\n'],
    ['remove from all lines', 'a: x y\nb: x\na: "x" x\n', g => g.remove('a', 'x'), 'a: y\nb: x\na:\n'],
    ['remove on a continued line', 'a: x \\\n  y \\\n  z\n', g => g.remove('a', 'y'), 'a: x \\\n  z\n'],
    ['remove between joined names', 'a: x "y"z\n', g => g.remove('a', 'y'), 'a: x z\n'],
    ['remove a group', '# a\na: x\\\n y\nb: x\na: z', g => g.remove('a'), '# a\nb: x\n'],
    [
      'remove who is not in it',
      'a: x\n',
      g => g.remove('a', 'y') || g.remove('b', 'x') || g.remove('b'),
      'a: x\n',
    ],
  ]
  test.each(cases)('%s', (_, before, change, after) => {
    const groups = new Groups(before)
    const isChanged = change(groups)
    expect([groups.toString(), groups.changed]).toEqual([after, isChanged])
  })

  test.each([
    ['', 'ann', 'expected a group name'],
    ['two words', 'ann', 'expected a group name'],
    ['a,b', 'ann', 'expected a group name'],
    ['a:b', 'ann', 'expected a group name'],
    ['#a', 'ann', 'expected a group name'],
    ['a', 'x\ny', 'control character'],
    ['a', '', 'expected at least one character'],
  ])('%j with %j cannot be stored', (group, user, message) => {
    expect(() => new Groups('').add(group, user)).toThrow(message)
  })
})

test('whatever the file: an added member is in the group, a removed one is not, and nothing else changes', () => {
  const names = fc.constantFrom('ann', 'bob', 'mary ann', 'j\u00f6rg', 'a\\', '"q"')
  fc.assert(
    fc.property(
      groupText,
      fc.constantFrom('g1', 'g2', 'new'),
      names,
      fc.boolean(),
      (text, group, user, isAdded) => {
        const groups = new Groups(Buffer.from(text, 'latin1'))
        const others = (): unknown =>
          groups
            .groups()
            .map(name => [name, groups.members(name).filter(member => name !== group || member !== user)])
        const before = others()
        if (isAdded) groups.add(group, user)
        else groups.remove(group, user)
        expect(groups.groupsOf(user).includes(group)).toBe(isAdded)
        const isNew = isAdded && !(before as [string][]).some(([name]) => name === group)
        expect(others()).toEqual(isNew ? [...(before as unknown[]), [group, []]] : before)
        // read again, it is the same
        expect(new Groups(groups.toBytes()).groupsOf(user)).toEqual(groups.groupsOf(user))
      },
    ),
  )
})
