// Which column holds what, by its name.
import { expect, test } from 'vitest'
import { columnsOf } from '../../../../../src/cli/commands/import/columns.ts'

const columns = (header: string) => columnsOf(header.split(',').entries())

test.each([
  ['user,password', { user: 0, password: 1, hash: undefined, unused: [] }],
  ['Hash, USERNAME ', { user: 1, password: undefined, hash: 0, unused: [] }],
  ['login', { user: 0, password: undefined, hash: undefined, unused: [] }],
  ['name,Password,hash', { user: 0, password: 1, hash: 2, unused: [] }],
  ['Name,Login,E-mail,password', { user: 1, password: 3, hash: undefined, unused: ['Name', 'E-mail'] }],
  [
    'name,login,username,user',
    { user: 3, password: undefined, hash: undefined, unused: ['name', 'login', 'username'] },
  ],
])('%s', (header, expected) => expect(columns(header)).toEqual(expected))

test.each(['alice,wonderland', '', 'users,password', 'constructor'])('%j is no header', header => {
  expect(columns(header)).toBeUndefined()
})
