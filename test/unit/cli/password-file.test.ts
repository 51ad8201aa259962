// What is said of a password file: that it is none, and who else can read or write it.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileWarnings, privateFile, rejectMalformed } from '../../../src/cli/password-file.ts'
import { parseHtpasswd } from '../../../src/document/document.ts'
import { withoutPrivateNote } from '../../support/run.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'writable-')), 'etc')
  mkdirSync(folder)
  file = join(folder, 'users')
  writeFileSync(file, '')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

const onPosix = test.skipIf(process.platform === 'win32')

onPosix.each([
  [0o644, 0o755, []],
  [0o600, 0o700, []],
  [0o664, 0o755, ['file: every user of its group can write it']],
  [0o646, 0o755, ['file: every user of this machine can write it']],
  [0o666, 0o755, ['file: every user of this machine can write it']],
  [0o644, 0o775, ['folder: every user of its group can replace the password file']],
  [0o644, 0o777, ['folder: every user of this machine can replace the password file']],
  [0o644, 0o1777, []],
])('file %o in a folder %o: %j', (fileMode, folderMode, expected) => {
  chmodSync(file, fileMode)
  chmodSync(folder, folderMode)
  const found = fileWarnings(file).map(({ message, fix }) => {
    const [, path, mode, what] = /^(.*) has mode (\d+): (.*) and so log in$/.exec(message) as string[]
    expect(fix).toBe(`chmod go-w ${path}`)
    expect(mode).toBe((path === file ? fileMode : folderMode).toString(8))
    return `${path === file ? 'file' : 'folder'}: ${what}`
  })
  expect(found).toEqual(expected)
})

onPosix('behind a link it is the target that counts', () => {
  const link = join(folder, '..', 'link')
  symlinkSync(file, link)
  chmodSync(file, 0o666)
  expect(fileWarnings(link)).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(/link has mode 666: every user of this machine/),
    }),
  ])
})

test('nothing is said of a file that is gone, or on Windows', () => {
  expect(fileWarnings(join(folder, 'missing'))).toEqual([])
  expect(fileWarnings(file, 'win32')).toEqual([])
})

test('a file with a line without a colon is not a password file', () => {
  expect(() => rejectMalformed(parseHtpasswd('a:b\n#\n\n'), 'f')).not.toThrow()
  expect(() => rejectMalformed(parseHtpasswd('a:b\ntext\n'), 'f')).toThrow(
    expect.objectContaining({ exitStatus: 7 }),
  )
})

test('the note on a private file has a command to copy, whatever the name', () => {
  expect(privateFile('users')).toMatch(/ icacls users \/grant ACCOUNT:R\n$/)
  expect(privateFile('my users')).toMatch(/ icacls ["']my users["'] \/grant/)
})

test('the tests on Windows recognise the note', () => {
  expect(withoutPrivateNote(`${privateFile('users')}1 user added\n`)).toBe('1 user added\n')
})
