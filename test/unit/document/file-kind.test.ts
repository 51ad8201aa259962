// Which files are digest and group files, and that nothing changes one.
import { expect, test } from 'vitest'
import { parseHtpasswd } from '../../../src/document/document.ts'
import { type FileKind, fileKind } from '../../../src/document/file-kind.ts'

const MD5 = '5d41402abc4b2a76b9719d911017c592'
const APR1 = '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/'

const cases: [text: string, kind: FileKind][] = [
  [`alice:Private:${MD5}\n`, 'digest'],
  [`# users\nalice:Private Area:${MD5.toUpperCase()}\r\nbob::${MD5}`, 'digest'],
  [`alice:api:${MD5}${MD5}\n`, 'digest'],
  ['admins: alice bob\n', 'group'],
  ['admins:alice bob\nstaff: carol\nempty:\n', 'group'],
  ['admins:\talice\n', 'group'],
  ['', 'password'],
  ['# nothing\n', 'password'],
  ['alice:\n', 'password'],
  ['alice:secret\n', 'password'],
  [`alice:${APR1}\n`, 'password'],
  [`alice: ${APR1}\n`, 'password'],
  [`alice:${APR1}\nadmins: alice bob\n`, 'password'],
  [`alice:${APR1}:${MD5}\nbob:x\n`, 'password'],
  [`alice:Private:${MD5}\nbob:${APR1}\n`, 'password'],
  ['alice:!\nadmins: alice bob\n', 'password'],
  ['admins: alice bob\nno colon\n', 'password'],
]

test.each(cases)('%j: %s', (text, kind) => expect(fileKind(Buffer.from(text))).toBe(kind))

test.each(cases.filter(([, kind]) => kind !== 'password'))('%j is not changed', (text, kind) => {
  const error = expect.objectContaining({
    code: 'ERR_RECORD',
    exitStatus: 7,
    message: expect.stringContaining(`a ${kind} file`),
  })
  const document = parseHtpasswd(text)
  const user = document.users()[0] ?? ''
  expect(() => document.set(user, APR1)).toThrow(error)
  expect(() => document.set('new', APR1)).toThrow(error)
  expect(() => document.delete(user)).toThrow(error)
  expect(() => document.rename(user, 'new')).toThrow(error)
})
