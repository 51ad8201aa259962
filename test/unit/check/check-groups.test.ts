// The problems that `check --groups` finds in a group file with its password file.
import { expect, test } from 'vitest'
import { checkGroups } from '../../../src/check/check-groups.ts'

const users = 'ann:{SHA}x\nBob:{SHA}x\nj\xf6rg:{SHA}x\n'

test.each<[what: string, groups: string, problems: [code: string, line: number, message: string][]]>([
  ['nothing', '# lab\neditors: ann Bob\neditors: ann\n', []],
  ['the same name in other bytes', 'editors: j\xc3\xb6rg\n', []],
  ['a member who is no user', 'a: ann\na: \\\n zoe\n', [['group-member', 2, 'zoe in group a is no user']]],
  ['a member in another case', 'a: bob\n', [['group-case', 1, 'bob in group a is not the user Bob']]],
  [
    'a group in another case',
    'a: ann\nA: ann\n',
    [['group-case', 2, 'group A and group a differ by case only']],
  ],
  ['an empty group', 'a: ann\na:\nb:\n', [['empty-group', 3, 'group b has no members']]],
  [
    'lines that are none',
    'a ann\nb: "ann\n',
    [
      ['group-line', 1, 'expected "group: user …", got a line without a colon; the whole file is refused'],
      ['group-line', 2, 'expected a closing "'],
    ],
  ],
  ['UTF-16', 'a\0:\0 \0a\0', [['group-line', 0, 'UTF-16 text']]],
])('%s', (_, groups, problems) => {
  const found = checkGroups(Buffer.from(groups, 'latin1'), Buffer.from(users, 'latin1'))
  expect(found.map(({ code, line }) => [code, line])).toEqual(problems.map(([code, line]) => [code, line]))
  for (const [i, [, , message]] of problems.entries()) expect(found[i]?.message).toContain(message)
})
